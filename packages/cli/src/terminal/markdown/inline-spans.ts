import type { MarkedToken, Token } from "marked";
import { withoutEntities } from "./entities.ts";
import type { Mark, Paint, Span } from "./spans.ts";

/** Inline Markdown as spans. Without colours its marks stay, so that nothing is lost. */
export function inlineSpans(tokens: readonly Token[], paint: Paint, marks: readonly Mark[] = []): Span[] {
  return tokens.flatMap((token) => spansOf(token as MarkedToken, paint, marks));
}

function spansOf(token: MarkedToken, paint: Paint, marks: readonly Mark[]): Span[] {
  const within = (tokens: readonly Token[], mark: Mark, sign: string): Span[] =>
    paint.colours
      ? inlineSpans(tokens, paint, marks.includes(mark) ? marks : [...marks, mark])
      : [{ text: sign, marks }, ...inlineSpans(tokens, paint, marks), { text: sign, marks }];
  switch (token.type) {
    case "strong":
      return within(token.tokens, "bold", "**");
    case "em":
      return within(token.tokens, "italic", "*");
    case "del":
      return within(token.tokens, "strike", "~~");
    case "codespan":
      return paint.colours ? [{ text: token.text, marks: [...marks, "code"] }] : [{ text: `\`${token.text}\``, marks }];
    case "br":
      return [{ text: "\n", marks }];
    case "link":
      return linkSpans(inlineSpans(token.tokens, paint, [...marks, "underline"]), token.text, token.href, paint, marks);
    case "image":
      return linkSpans(
        [{ text: token.text || token.href, marks: [...marks, "underline"] }],
        token.text,
        token.href,
        paint,
        marks,
      );
    case "text":
      return token.tokens ? inlineSpans(token.tokens, paint, marks) : [{ text: withoutEntities(token.text), marks }];
    case "escape":
      return [{ text: withoutEntities(token.text), marks }];
    default:
      return [{ text: token.raw, marks }];
  }
}

/** The words of a link, and where it leads, unless the terminal can follow it or the words say so. */
function linkSpans(words: readonly Span[], text: string, href: string, paint: Paint, marks: readonly Mark[]): Span[] {
  const leading = words.map((word) => ({ ...word, link: href }));
  const isSaid = text === href || `mailto:${text}` === href;
  return paint.links || isSaid || href === "" ? leading : [...leading, { text: ` (${href})`, marks }];
}
