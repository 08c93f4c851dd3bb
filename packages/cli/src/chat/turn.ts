import { HeliumLmError } from "@helium-lm/tensor";
import { GenerationError } from "@helium-lm/helium";
import type { ChatAnswer } from "@helium-lm/helium/pipelines";
import { notesOn, WAYS_OUT } from "./answer-notes.ts";
import type { AnswerView, OpenView } from "./answer-view.ts";
import { statsLines } from "./chat-stats.ts";
import type { Conversation, ShowText } from "./conversation.ts";
import { inputOf, runCommand } from "./run-command.ts";

/** What a turn shows, and how it is stopped. */
export interface TurnIo {
  readonly openView: OpenView;
  /** Errors, and what commands answer. */
  say(lines: readonly string[]): void;
  /** What a person wants to know who reads along: what was done, why an answer ends, a context that is almost full. */
  note(lines: readonly string[]): void;
  /** Hears Ctrl-C until the function that it returns is called. */
  onInterrupt(handler: () => void): () => void;
  /** Hears that the screen has another size. */
  onResize?(handler: () => void): () => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Answers a message or does what a command says; whatever goes wrong is said, and the conversation goes on.
 *
 * @returns whether the user wants to end
 * @throws the signal's reason; errors that are faults of this program
 */
export async function takeTurn(text: string, conversation: Conversation, io: TurnIo): Promise<boolean> {
  const input = inputOf(text);
  try {
    if (input.kind === "message") {
      await showAnswer(conversation, io, (show, signal) => conversation.answer(input.text, show, signal));
      return false;
    }
    const outcome = await runCommand(input.name, input.argument, conversation);
    if (outcome.kind === "exit") return true;
    if (outcome.kind === "said") io.say(outcome.lines);
    else if (outcome.kind === "done") io.note([outcome.line]);
    else {
      if (conversation.isGreedy) io.note(["the same answer is likely; /set temperature 0.7 makes others"]);
      await showAnswer(conversation, io, (show, signal) => conversation.regenerate(show, signal));
    }
  } catch (error) {
    io.signal?.throwIfAborted();
    if (!(error instanceof HeliumLmError)) throw error;
    io.say([describe(error)]);
  }
  return false;
}

async function showAnswer(
  conversation: Conversation,
  io: TurnIo,
  ask: (show: ShowText, signal: AbortSignal) => Promise<ChatAnswer | null>,
): Promise<void> {
  const { settings } = conversation;
  const stop = new AbortController();
  const release = io.onInterrupt(() => stop.abort());
  let view: AnswerView | null = null;
  const show: ShowText = (text, kind) => {
    view ??= io.openView({ showsThoughts: settings.thoughts !== "off" });
    view.text(text, kind);
  };
  const offResize = io.onResize?.(() => view?.redraw?.());
  let answer: ChatAnswer | null = null;
  try {
    answer = await ask(show, io.signal === undefined ? stop.signal : AbortSignal.any([io.signal, stop.signal]));
  } finally {
    release();
    offResize?.();
    // An answer without any text is one, too.
    if (answer !== null) view ??= io.openView({ showsThoughts: false });
    view?.end(answer);
  }
  io.signal?.throwIfAborted();
  if (answer === null) return;
  io.note([...(settings.stats === "on" ? statsLines(conversation) : []), ...notesOn(answer, conversation)]);
}

/** An error in one line, with what can be done about a context that is full. */
function describe(error: HeliumLmError): string {
  const isFull = error instanceof GenerationError && error.subject === "conversation";
  const { given, expected } = error.details;
  return isFull
    ? `with this message the conversation would have ${String(given)} tokens, and the model's context holds ${String(expected)}: it was not sent; ${WAYS_OUT}`
    : error.message.replace(/\s*\n\s*/g, " ");
}
