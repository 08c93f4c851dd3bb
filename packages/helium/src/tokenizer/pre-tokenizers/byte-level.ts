import { mapCharacters } from "../aligned-text.ts";
import type { AlignedText } from "../aligned-text.ts";
import { toByteLevel } from "../unicode/byte-alphabet.ts";
import type { JsonNode } from "../json-node.ts";
import { prependText } from "../normalizers/prepend.ts";
import { lazyPattern } from "../regex/pattern.ts";
import type { PreTokenizer } from "../stages.ts";
import { splitText } from "./split-behavior.ts";

/** English contractions, then letters, numbers or other characters with one leading space, then white space. */
const words = lazyPattern(() => String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`);

const standForThemselves = /^[!-~]*$/;

/** `{ "type": "ByteLevel", "add_prefix_space": a, "use_regex": u }`: cuts into words, then writes bytes as characters. */
export const readByteLevel = (node: JsonNode): PreTokenizer => {
  const addPrefixSpace = node.get("add_prefix_space").boolean(true);
  const useRegex = node.get("use_regex").boolean(true);
  const cut = (piece: AlignedText): AlignedText[] => {
    const text = addPrefixSpace && !piece.text.startsWith(" ") ? prependText(piece, " ") : piece;
    return useRegex ? splitText(text, words, "Isolated") : [text];
  };
  const write = (piece: AlignedText): AlignedText =>
    standForThemselves.test(piece.text) ? piece : mapCharacters(piece, toByteLevel);
  return (pieces) => pieces.flatMap(cut).map(write);
};
