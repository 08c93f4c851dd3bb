import type { JsonNode } from "../json-node.ts";
import type { Normalizer } from "../stages.ts";

/** No white space lies beyond the basic plane. */
const space = /\p{White_Space}/u;

/** Where the white space before `from` begins, at `floor` or after. */
export const trailingSpaceStart = (text: string, from: number, floor: number): number => {
  let end = from;
  while (end > floor && space.test(text.charAt(end - 1))) end--;
  return end;
};

/** Where the white space from `from` on ends; up to `known` there is nothing else. */
export const leadingSpaceEnd = (text: string, from: number, known = from): number => {
  let end = Math.max(from, known);
  while (end < text.length && space.test(text.charAt(end))) end++;
  return end;
};

/** `{ "type": "Strip", "strip_left": l, "strip_right": r }`: removes white space at the ends. */
export const readStrip = (node: JsonNode): Normalizer => {
  const left = node.get("strip_left").boolean();
  const right = node.get("strip_right").boolean();
  return (source) => {
    const { text } = source;
    const end = right ? trailingSpaceStart(text, text.length, 0) : text.length;
    const start = left ? Math.min(leadingSpaceEnd(text, 0), end) : 0;
    return start === 0 && end === text.length ? source : source.crop(start, end);
  };
};
