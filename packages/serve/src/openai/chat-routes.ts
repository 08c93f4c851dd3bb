import { createRoute } from "@hono/zod-openapi";
import { beginChat, type BegunChat } from "../chat/begin-chat.ts";
import { newId, unixSeconds } from "../http/new-id.ts";
import type { RouteModule } from "../http/serve-app.ts";
import { chatChoices } from "./chat-answer.ts";
import { chatBody, readChat, type ChatBody } from "./chat-body.ts";
import { ChatRendering } from "./chat-rendering.ts";
import { chatChunk, chatResponse, type ChatAnswer, type ChatChunk, type ChatChunkChoice } from "./chat-response.ts";
import { usageTelling } from "./common-fields.ts";
import { openaiStream } from "./openai-stream.ts";
import { promptLogprobs, type PromptLogprobs } from "./prompt-logprobs.ts";
import { systemFingerprint } from "./system-fingerprint.ts";
import { usageBody, type UsageBody } from "./usage.ts";

const route = createRoute({
  method: "post",
  path: "/v1/chat/completions",
  tags: ["OpenAI"],
  summary: "Answers in a conversation",
  request: { body: { required: true, content: { "application/json": { schema: chatBody } } } },
  responses: {
    200: {
      description: "The answers; with `stream: true` in pieces, as server-sent events that end with `[DONE]`",
      content: {
        "application/json": { schema: chatResponse },
        "text/event-stream": { schema: chatChunk },
      },
    },
  },
});

/** `/v1/chat/completions` of OpenAI's API, with vLLM's additions. */
export const chatRoutes: RouteModule = (app, context) => {
  app.openapi(route, async (c) => {
    const body = c.req.valid("json");
    const begun = await beginChat(c, context, {
      modelName: body.model,
      read: (model) => readChat(body, model, c.get("cacheSalt")),
      fields: { prompt: "messages", maxTokens: "max_completion_tokens" },
    });
    if (body.stream === true) return openaiStream(chunksOf(body, begun), begun.work);
    try {
      return c.json(await answerOf(body, begun), 200);
    } finally {
      begun.work.close();
    }
  });
};

const headOf = ({
  work: { model },
}: BegunChat): Pick<ChatAnswer, "id" | "created" | "model" | "system_fingerprint"> => ({
  id: newId("chatcmpl"),
  created: unixSeconds(),
  model: model.id,
  system_fingerprint: systemFingerprint(model),
});

const usageOf = ({ run }: BegunChat): UsageBody => usageBody(run.usage, run.reasoningTokens);

async function answerOf(body: ChatBody, begun: BegunChat): Promise<ChatAnswer> {
  const { request, run, prepared, work } = begun;
  const rendering = new ChatRendering(body, work.model);
  const [choices, scored] = await Promise.all([
    chatChoices(run, request.n, rendering),
    scoredPrompt(body, begun, rendering),
  ]);
  return {
    ...headOf(begun),
    object: "chat.completion",
    choices,
    usage: usageOf(begun),
    ...(scored && { prompt_logprobs: scored }),
    ...(body.return_token_ids === true && { prompt_token_ids: [...prepared.promptIds] }),
  };
}

async function scoredPrompt(
  { prompt_logprobs: count }: ChatBody,
  { request, prepared: { promptIds }, work: { model, signal } }: BegunChat,
  { names }: ChatRendering,
): Promise<PromptLogprobs | null> {
  if (typeof count !== "number") return null;
  const { cacheSalt } = request;
  const scores = await model.engine.scoreTokens({ inputIds: promptIds, top: count, cacheSalt, signal });
  return promptLogprobs(promptIds, scores, count, names);
}

/** The pieces of the answers: who speaks, what is said, why it ended, and what it cost. */
async function* chunksOf(body: ChatBody, begun: BegunChat): AsyncGenerator<ChatChunk, void, undefined> {
  const { request, run, prepared, work } = begun;
  const rendering = new ChatRendering(body, work.model);
  const telling = usageTelling(body);
  const head = { ...headOf(begun), object: "chat.completion.chunk" } as const;
  const chunk = (choices: ChatChunkChoice[]): ChatChunk => ({
    ...head,
    choices,
    ...(telling.atEnd && { usage: telling.always ? usageOf(begun) : null }),
  });
  let isOpen = false;
  for await (const event of run.events) {
    // Not before the first event: what fails until then has a status of its own.
    if (!isOpen)
      for (let index = 0; index < request.n; index++)
        yield {
          ...chunk([rendering.opening(index)]),
          ...(body.return_token_ids === true && { prompt_token_ids: [...prepared.promptIds] }),
        };
    isOpen = true;
    const piece = rendering.pieceOf(event);
    if (piece) yield chunk([piece]);
  }
  if (telling.atEnd) yield { ...chunk([]), usage: usageOf(begun) };
}
