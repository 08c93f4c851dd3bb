/**
 * What a server says of its refusal, in a line: the message in the JSON of OpenAI, vLLM, FastAPI and others, or else the
 * text itself; "" for none.
 */
export function serverMessage(text: string): string {
  const message = messageIn(parsed(text)) ?? (/^\s*</.test(text) ? "" : text);
  return message.trim() === "" ? "" : quoted(message, 300);
}

/** A text of a server as a quotation of one line. */
export const quoted = (text: string, length: number): string => JSON.stringify(oneLine(text, length));

/** A text of a server in one line, without what a terminal would obey. */
export function oneLine(text: string, length: number): string {
  const line = text.replace(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}

/** `{ error: { message } }`, `{ error }`, `{ message }`, `{ detail }`, or a list of these; null for others. */
export function messageIn(value: unknown, depth = 4): string | null {
  if (typeof value === "string") return value;
  if (depth === 0) return null;
  if (Array.isArray(value)) {
    const messages = value.flatMap((item) => messageIn(item, depth - 1) ?? []);
    return messages.length > 0 ? messages.join("; ") : null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { error, message, detail, msg } = value as Readonly<Record<string, unknown>>;
  return messageIn(error ?? message ?? detail ?? msg ?? null, depth - 1);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
