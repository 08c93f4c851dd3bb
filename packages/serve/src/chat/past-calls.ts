import type { ChatMessage } from "@helium-lm/helium";

/** A call in a message, in the words of OpenAI's API. */
export interface PastCall {
  readonly id?: string;
  readonly function: { readonly name: string; readonly arguments?: unknown };
}

/** The calls of a message; what has none of that form is left out. */
export function callsOf(message: ChatMessage): readonly PastCall[] {
  const calls = message["tool_calls"];
  return Array.isArray(calls) ? (calls as readonly unknown[]).filter(isCall) : [];
}

const isCall = (value: unknown): value is PastCall =>
  typeof (value as Partial<PastCall> | null)?.function?.name === "string";

/** The text of a message's content; a value of another kind as JSON. */
export function contentText({ content }: ChatMessage): string {
  if (typeof content === "string") return content;
  if (content === null || content === undefined) return "";
  return Array.isArray(content)
    ? (content as readonly { readonly text?: string }[]).map(({ text }) => text ?? "").join("")
    : JSON.stringify(content);
}

/** Arguments as a value: APIs have them as JSON text. What is no JSON stays as it is. */
export function argumentsValue(given: unknown): unknown {
  if (typeof given !== "string") return given ?? {};
  try {
    return given.trim() === "" ? {} : (JSON.parse(given) as unknown);
  } catch {
    return given;
  }
}

/** Arguments as JSON text. */
export const argumentsText = (given: unknown): string =>
  typeof given === "string" ? given || "{}" : JSON.stringify(given ?? {});
