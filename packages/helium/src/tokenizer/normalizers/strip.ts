import type { JsonNode } from "../json-node.ts";
import type { Normalizer } from "./normalizer.ts";

const leadingSpace = /^\p{White_Space}*/u;

/** Where the white space before `from` begins, at `floor` or after; linear, unlike an expression that ends in `$`. */
export const trailingSpaceStart = (text: string, from: number, floor: number): number => {
  let end = from;
  while (end > floor && /\p{White_Space}/u.test(text.charAt(end - 1))) end--;
  return end;
};

/** The number of white-space units at the start of `text`. */
export const leadingSpaceLength = (text: string): number => (leadingSpace.exec(text)?.[0] ?? "").length;

/** `{ "type": "Strip", "strip_left": l, "strip_right": r }`: removes white space at the ends. */
export const readStrip = (node: JsonNode): Normalizer => {
  const left = node.get("strip_left").boolean();
  const right = node.get("strip_right").boolean();
  return (source) => {
    const { text } = source;
    const end = right ? trailingSpaceStart(text, text.length, 0) : text.length;
    const start = left ? Math.min(leadingSpaceLength(text), end) : 0;
    return start === 0 && end === text.length ? source : source.crop(start, end);
  };
};
