import stringWidth from "string-width";

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The characters of a text as readers count them: an emoji of several code points, or a letter with its marks, is one. */
export function graphemesOf(text: string): string[] {
  if (/^[\u0020-\u007e]*$/.test(text)) return text.split("");
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Columns that a text without control characters takes: 2 for East Asian wide characters and emoji, 0 for marks. */
export const widthOf = (text: string): number => (/^[\u0020-\u007e]*$/.test(text) ? text.length : stringWidth(text));
