import type { ChatRequest } from "../../src/chat/chat-request.ts";
import { prepareChat } from "../../src/chat/prepare-chat.ts";
import { runChat } from "../../src/chat/run-chat.ts";

/** One answer, put together of its events. */
export interface ReadAnswer {
  reasoning: string;
  content: string;
  calls: { id: string; name: string; arguments: string }[];
  finishReason: string;
}

/** The answers of a request. */
export async function readAnswers(request: ChatRequest): Promise<readonly ReadAnswer[]> {
  const { signal } = new AbortController();
  const run = runChat(request, await prepareChat(request, signal), signal);
  const answers = Array.from({ length: request.n }, (): ReadAnswer => ({
    reasoning: "",
    content: "",
    calls: [],
    finishReason: "",
  }));
  for await (const event of run.events) {
    const answer = answers[event.index] as ReadAnswer;
    if (event.kind === "tool-call") answer.calls.push({ id: event.id, name: event.name, arguments: "" });
    else if (event.kind === "tool-arguments") (answer.calls[event.call] ?? { arguments: "" }).arguments += event.text;
    else if (event.kind === "end") answer.finishReason = event.finishReason;
    else answer[event.kind] += event.text;
  }
  return answers;
}
