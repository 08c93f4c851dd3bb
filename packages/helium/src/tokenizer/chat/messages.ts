import { describeValue } from "../../given-values.ts";
import { ChatTemplateError } from "../../errors.ts";

/** A part of a message's content; templates of models that see know more than text. */
export interface ChatContentPart {
  readonly type: string;
  readonly text?: string;
  readonly [key: string]: unknown;
}

/** One turn of a conversation. Templates may read further keys, such as `tool_calls` or `reasoning_content`. */
export interface ChatMessage {
  readonly role: string;
  readonly content?: string | readonly ChatContentPart[] | null;
  readonly [key: string]: unknown;
}

type PlainMessage = Record<string, unknown>;

/** Names of a message's reasoning; the first is what templates read. */
const reasoningFields = ["reasoning_content", "thinking", "reasoning"] as const;

/** Messages as templates get them: without nulls, and with the reasoning under each name that templates use. */
export function plainMessages(messages: readonly ChatMessage[]): PlainMessage[] {
  const given: unknown = messages;
  if (!Array.isArray(given)) throw new ChatTemplateError("messages", "is not a list; pass [{ role, content }, …]");
  if (given.length === 0) throw new ChatTemplateError("messages", "is empty; give at least one message");
  return given.map((message: unknown, index) => {
    if (typeof message !== "object" || message === null || Array.isArray(message))
      throw new ChatTemplateError(`messages[${index}]`, `is ${describeValue(message)}; expected { role, content }`);
    const plain = Object.fromEntries(
      Object.entries(message as PlainMessage).filter(([, value]) => value !== null && value !== undefined),
    );
    if (typeof plain.role !== "string")
      throw new ChatTemplateError(`messages[${index}].role`, `is ${describeValue(plain.role)}; expected a string`);
    const reasoning = reasoningFields.map((field) => plain[field]).find((value) => value !== undefined);
    return reasoning === undefined ? plain : { thinking: reasoning, ...plain, reasoning_content: reasoning };
  });
}

/** Stands behind the text that is to be continued, and ends the prompt. */
const tag = "CONTINUE_FINAL_MESSAGE_TAG ";

/** The messages with the last text marked as unfinished. */
export function markFinalMessage(messages: readonly PlainMessage[]): PlainMessage[] {
  const last = messages.at(-1) ?? {};
  const content = markText(last.content);
  if (content === null)
    throw new ChatTemplateError("continueFinalMessage", "is set, but the last message has no text to continue");
  return [...messages.slice(0, -1), { ...last, content }];
}

function markText(content: unknown): unknown {
  if (typeof content === "string") return content + tag;
  if (!Array.isArray(content)) return null;
  const parts = content as readonly (ChatContentPart | null | undefined)[];
  const at = parts.findLastIndex((part) => typeof part?.text === "string");
  return at < 0 ? null : parts.map((part, index) => (index === at ? { ...part, text: `${part?.text}${tag}` } : part));
}

/** The prompt up to the mark. A template that trims texts trims the unfinished one too. */
export function cutAtMark(prompt: string): string {
  const at = prompt.lastIndexOf(tag.trim());
  if (at < 0)
    throw new ChatTemplateError(
      "continueFinalMessage",
      "is set, but the template leaves the last message out; add a new message instead",
    );
  const kept = prompt.slice(0, at);
  return prompt.startsWith(tag, at) ? kept : kept.trimEnd();
}
