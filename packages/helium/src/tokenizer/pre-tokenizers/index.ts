import { readComponent } from "../json-node.ts";
import type { ComponentTable, JsonNode } from "../json-node.ts";
import { readByteLevel } from "./byte-level.ts";
import { readMetaspace } from "./metaspace.ts";
import type { PreTokenizer } from "../stages.ts";
import { readDigits, readPunctuation, readSplit, splitAtWhitespace, splitWhitespace } from "./split.ts";

/** The supported pre-tokenizers by their `type` in tokenizer.json. */
const preTokenizers: ComponentTable<PreTokenizer> = {
  Sequence: (node) => {
    const steps = node.get("pretokenizers").items().map(readPreTokenizer);
    return (pieces) => steps.reduce((cut, step) => step(cut), [...pieces]);
  },
  Split: readSplit,
  Metaspace: readMetaspace,
  ByteLevel: readByteLevel,
  Whitespace: () => splitWhitespace,
  WhitespaceSplit: () => splitAtWhitespace,
  Digits: readDigits,
  Punctuation: readPunctuation,
};

/** Reads a pre-tokenizer of tokenizer.json. */
export function readPreTokenizer(node: JsonNode): PreTokenizer {
  return readComponent(node, preTokenizers);
}
