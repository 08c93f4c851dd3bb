import { readComponent } from "../json-node.ts";
import type { ComponentTable, JsonNode } from "../json-node.ts";
import type { TokenizerModel } from "../stages.ts";
import { readBpe } from "./read-bpe.ts";
import { readUnigram } from "./unigram.ts";

/** The supported models by their `type` in tokenizer.json. */
const models: ComponentTable<TokenizerModel> = {
  Unigram: readUnigram,
  BPE: readBpe,
};

/** Reads the model of tokenizer.json. Files from before the types had names are told apart by their fields. */
export const readModel = (node: JsonNode): TokenizerModel => {
  if (!node.get("type").isMissing) return readComponent(node, models);
  return node.get("vocab").isList ? readUnigram(node) : readBpe(node);
};
