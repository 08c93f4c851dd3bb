import { describe, expect, test } from "vitest";
import { DecoderConfig } from "../config/index.ts";
import { headPaths } from "../model/head-definition.ts";
import { checkpointTensors } from "../testing/checkpoint-tensors.ts";
import { heads, type HeadName } from "./index.ts";

describe("weights that only one head has, by the names and shapes of transformers", () => {
  test.each<[HeadName, object, Readonly<Record<string, readonly number[]>>]>([
    ["base", {}, {}],
    ["causal-lm", {}, { "lm_head.weight": [11, 8] }],
    ["sequence-classification", {}, { "score.weight": [5, 8] }],
    ["token-classification", {}, { "score.weight": [5, 8], "score.bias": [5] }],
    ["token-classification", { tokenClassificationBias: false }, { "score.weight": [5, 8] }],
  ])("%s, %j", (head, changes, own) => {
    const sizes = { vocabSize: 11, hiddenSize: 8, intermediateSize: 8, numAttentionHeads: 2, headDim: 4, numLabels: 5 };
    const config = new DecoderConfig({ ...sizes, numKeyValueHeads: 2, numHiddenLayers: 1, ...changes });
    expect(headPaths(heads[head], config)).toEqual(Object.keys(own));
    const trunk = checkpointTensors(config, "base").length;
    const tensors = checkpointTensors(config, head).slice(trunk);
    expect(Object.fromEntries(tensors.map(({ name, shape }) => [name, shape]))).toEqual(own);
  });

  test("a tied head is left out of a checkpoint, and known by its name where it is there", () => {
    const config = new DecoderConfig({ modelType: "gemma", numHiddenLayers: 1 });
    expect(config.tieWordEmbeddings).toBe(true);
    expect(headPaths(heads["causal-lm"], config)).toEqual(["lm_head.weight"]);
    expect(checkpointTensors(config, "causal-lm").map(({ name }) => name)).not.toContain("lm_head.weight");
  });
});
