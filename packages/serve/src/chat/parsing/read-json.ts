import type { Reading, TextCursor } from "./text-cursor.ts";

/** What takes the text of a value as it is read. */
type Take = (text: string) => void;

/** Goes past a JSON string, whose quote is next. @returns its value; null for what is none, or has no end */
export function* readString(cursor: TextCursor, take: Take = () => undefined): Reading<string | null> {
  if ((yield* cursor.peek()) !== '"') return null;
  let text = "";
  for (let isEscaped = false; ;) {
    const next = yield* cursor.peek();
    if (next === "") return null;
    cursor.at++;
    text += next;
    take(next);
    if (text.length > 1 && next === '"' && !isEscaped) return parsed(text);
    isEscaped = next === "\\" && !isEscaped;
  }
}

function parsed(text: string): string | null {
  try {
    return JSON.parse(text) as string;
  } catch {
    return null;
  }
}

/**
 * Goes past a JSON value, and gives its text on as it comes. Only the nesting is looked at: the grammar has seen to the rest.
 *
 * @returns whether it has come to its end
 */
export function* readValue(cursor: TextCursor, take: Take): Reading<boolean> {
  let depth = 0;
  do {
    const next = yield* cursor.peek();
    if (next === "") return false;
    if (next === '"') {
      if ((yield* readString(cursor, take)) === null) return false;
      continue;
    }
    if (next === "{" || next === "[") depth++;
    else if (next === "}" || next === "]") depth--;
    else if (depth === 0) return yield* readScalar(cursor, take);
    if (depth < 0) return false;
    cursor.at++;
    take(next);
  } while (depth > 0);
  return true;
}

/** A number, or a word such as `null`. */
function* readScalar(cursor: TextCursor, take: Take): Reading<boolean> {
  let text = "";
  for (;;) {
    const next = yield* cursor.peek();
    if (!/^[\w.+-]$/.test(next)) return text !== "";
    cursor.at++;
    text += next;
    take(next);
  }
}
