import { spaceCharacter } from "../unicode/byte-alphabet.ts";
import type { Encoding } from "../encoding.ts";
import type { JsonNode } from "../json-node.ts";
import type { PostProcessor } from "../stages.ts";

const isSpace = (character: string): boolean => character === spaceCharacter || /\p{White_Space}/u.test(character);

const countLeadingSpaces = (characters: readonly string[]): number => {
  const count = characters.findIndex((character) => !isSpace(character));
  return count < 0 ? characters.length : count;
};

/** Takes the spaces that a token begins and ends with out of its offsets. */
const trimOffsets = (encoding: Encoding, addPrefixSpace: boolean): Encoding => {
  const starts = [...encoding.starts];
  const ends = [...encoding.ends];
  encoding.tokens.forEach((token, index) => {
    if (!isSpace(token.charAt(0)) && !isSpace(token.slice(-1))) return;
    const characters = [...token];
    let leading = countLeadingSpaces(characters);
    const trailing = countLeadingSpaces(characters.toReversed());
    const [start, end] = [starts[index] as number, ends[index] as number];
    // A single space before the first word may be the one that add_prefix_space put there: it covers no text.
    if (addPrefixSpace && leading === 1 && (index === 0 || start === 0)) leading = 0;
    starts[index] = Math.min(start + leading, end);
    if (end >= trailing) ends[index] = Math.max(end - trailing, starts[index]);
  });
  return encoding.withOffsets(starts, ends);
};

/** `{ "type": "ByteLevel", "add_prefix_space": a, "trim_offsets": t }` */
export const readByteLevel = (node: JsonNode): PostProcessor => {
  const trims = node.get("trim_offsets").boolean(true);
  const addPrefixSpace = node.get("add_prefix_space").boolean(true);
  return {
    addedTokens: () => 0,
    process: (encodings) => (trims ? encodings.map((encoding) => trimOffsets(encoding, addPrefixSpace)) : encodings),
  };
};
