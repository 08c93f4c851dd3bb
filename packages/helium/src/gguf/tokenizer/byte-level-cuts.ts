import { JsonNode } from "../../tokenizer/json-node.ts";

/** Byte-level writing without cuts of its own. */
export const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false } as const;

/** The pre-tokenizer of a tokenizer.json that cuts by these expressions and then writes bytes as characters. */
export const preTokenizerJson = (cuts: readonly string[]): object => ({
  type: "Sequence",
  pretokenizers: [
    ...cuts.map((Regex) => ({ type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false })),
    byteLevel,
  ],
});

/** The same as a node to read. */
export const byteLevelCuts = (cuts: readonly string[]): JsonNode =>
  new JsonNode(preTokenizerJson(cuts), "tokenizer.ggml.pre");
