import { printable } from "../style.ts";
import { widthOf } from "../rows/text-width.ts";
import type { Row } from "../rows/live-rows.ts";

export type Mark = "bold" | "dim" | "italic" | "underline" | "strike" | "code";

/** Text that looks alike. */
export interface Span {
  readonly text: string;
  readonly marks: readonly Mark[];
  /** Where it leads. */
  readonly link?: string | undefined;
}

/** What a terminal can show. */
export interface Paint {
  readonly colours: boolean;
  /** Links that can be followed (OSC 8). */
  readonly links: boolean;
}

/** SGR codes. */
const codes: Readonly<Record<Mark, number>> = { bold: 1, dim: 2, italic: 3, underline: 4, strike: 9, code: 36 };

export const span = (text: string, ...marks: readonly Mark[]): Span => ({ text, marks });

export const spansWidth = (spans: readonly Span[]): number => spans.reduce((sum, { text }) => sum + widthOf(text), 0);

/**
 * Spans as a row of the terminal. This is the one place where a model's text meets escape sequences: no control character of
 * it is let through.
 */
export function rowOf(spans: readonly Span[], { colours, links }: Paint): Row {
  const shown = spans.map((given) => ({ ...given, text: printable(given.text).replace(/[\n\t]/g, " ") }));
  const text = shown.map(({ text, marks, link }) => {
    const target = links && link !== undefined ? safeLink(link) : null;
    const marked =
      colours && marks.length > 0 ? `\u001b[${marks.map((mark) => codes[mark]).join(";")}m${text}\u001b[0m` : text;
    return target === null ? marked : `\u001b]8;;${target}\u001b\\${marked}\u001b]8;;\u001b\\`;
  });
  return { text: text.join(""), width: spansWidth(shown) };
}

/** A link that a terminal may offer to open: of the web or to write to, in ASCII. */
export function safeLink(link: string): string | null {
  if (!/^(https?:\/\/|mailto:)/i.test(link) || link.length > 2000) return null;
  return link.replace(/[^\u0021-\u007e]/gu, (character) => {
    try {
      return encodeURIComponent(character);
    } catch {
      // Half of a surrogate pair.
      return "%EF%BF%BD";
    }
  });
}
