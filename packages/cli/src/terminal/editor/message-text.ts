const QUOTES = '"""';

/** Whether a text begins a block between `"""` that it does not end. */
export function isOpenBlock(text: string): boolean {
  const start = text.trimStart();
  return start.startsWith(QUOTES) && !start.slice(QUOTES.length).trimEnd().endsWith(QUOTES);
}

/** The message that a text stands for: what is between `"""`, or all of it, without white space around. */
export function messageOf(text: string): string {
  const whole = text.trim();
  if (!whole.startsWith(QUOTES)) return whole;
  const inner = whole.slice(QUOTES.length);
  return (inner.endsWith(QUOTES) ? inner.slice(0, -QUOTES.length) : inner).trim();
}

/** Whether a line goes on in the next one: it ends with a backslash that is not itself behind one. */
export const goesOn = (line: string): boolean => (/\\+$/.exec(line)?.[0].length ?? 0) % 2 === 1;

/** What Enter makes of a text: it is sent, or a line is added to it where it is not at its end. */
export function afterEnter(
  text: string,
  cursor: number,
): { readonly isSent: boolean; readonly text: { readonly text: string; readonly cursor: number } } {
  const [head, tail] = [text.slice(0, cursor), text.slice(cursor)];
  if (isOpenBlock(text)) return { isSent: false, text: { text: `${head}\n${tail}`, cursor: cursor + 1 } };
  if (tail === "" && goesOn(head)) return { isSent: false, text: { text: `${head.slice(0, -1)}\n`, cursor } };
  return { isSent: true, text: { text, cursor } };
}
