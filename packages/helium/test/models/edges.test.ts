import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBackend, tensor, type Backend, type NestedNumbers } from "@helium-lm/tensor";
import type { CheckpointReader } from "@helium-lm/nn";
import type { ModelSource, ModelForCausalLM } from "@helium-lm/helium";
import { withReaderMethods } from "../../src/testing/replaced-methods.ts";
import { editedModel, type Config } from "../helpers/edited-model.ts";
import { compareGolden, readFixture, tolerances, type Golden } from "../../../../testing/fixtures.ts";
import { camelCase } from "../helpers/generation-fixtures.ts";

const edges = readFixture<{
  readonly from_embeddings: {
    family: string;
    inputs_embeds: NestedNumbers;
    logits: Golden;
    input_ids: number[];
    logits_of_own: Golden;
  }[];
  readonly sliding_layers: { config: Config; input_ids: number[]; layer_types: string[]; logits: Golden }[];
  readonly long_rope: {
    family: string;
    config: Config;
    input_ids: number[][];
    options: Config;
    sequences: number[][];
    uncached: number[][];
  }[];
  readonly original_lengths: { family: string; config: Config; input_ids: number[]; last_logits: Golden }[];
  readonly activations: { activation: string; input_ids: number[]; last_logits: Golden }[];
  readonly tied_heads: { family: string; places: number; input_ids: number[]; last_logits: Golden }[];
}>("model-edges.json");

let backend: Backend;
beforeAll(async () => {
  backend = await createBackend("cpu");
});
afterAll(() => {
  expect(backend.memory().handles).toBe(0);
});

const open = (
  family: string,
  config: Config = {},
  edit?: (files: ModelSource) => ModelSource,
): Promise<ModelForCausalLM> => editedModel(backend, family, config, edit);

type Inputs = Parameters<ModelForCausalLM["forward"]>[0];

async function logitsOf(model: ModelForCausalLM, inputs: Inputs): Promise<NestedNumbers> {
  using output = model.forward(inputs);
  const [row] = (await output.logits.toArray()) as NestedNumbers[];
  return row!;
}

const expectGolden = (given: unknown, golden: Golden): void =>
  expect(compareGolden(given, golden, tolerances.states).firstBad).toBeNull();

describe("embeddings in place of ids", () => {
  test.each(edges.from_embeddings.map((c) => [c.family, c] as const))("%s", async (family, c) => {
    using model = await open(family);
    using inputsEmbeds = tensor(backend, c.inputs_embeds);
    expectGolden(await logitsOf(model, { inputsEmbeds }), c.logits);
    const last = (await logitsOf(model, { inputIds: [c.input_ids], logitsToKeep: 1 })) as number[][];
    expectGolden(last[0], c.logits_of_own);
  });
});

describe("which layers of SmolLM3 slide", () => {
  test.each(edges.sliding_layers.map((c) => [JSON.stringify(c.config), c] as const))("%s", async (_, c) => {
    using model = await open("smollm3", c.config);
    expect(model.config.layerTypes).toEqual(c.layer_types);
    expectGolden(await logitsOf(model, { inputIds: [c.input_ids] }), c.logits);
    // What is saved says the same.
    const saved = model.config.toJSON();
    expect(saved.sliding_window).toBe(c.config.sliding_window);
  });
});

describe("text that outgrows the short longrope table", () => {
  test.each(edges.long_rope.map((c) => [c.family, c.input_ids[0]!.length, c] as const))(
    "%s, %i tokens",
    async (family, _, c) => {
      using model = await open(family, c.config);
      expect(model.recomputeBeyond).toBe(family === "phi3" ? 8 : null);
      const options = Object.fromEntries(Object.entries(c.options).map(([key, value]) => [camelCase(key), value]));
      const call = { ...options, inputIds: c.input_ids, generationConfig: {} };
      expect((await model.generate(call)).sequences).toEqual(c.sequences);
      expect((await model.generate({ ...call, useCache: false })).sequences).toEqual(c.uncached);
    },
  );
});

describe("a context of pre-training at the top level of the config and beside the factor", () => {
  test.each(edges.original_lengths.map((c) => [c.family, JSON.stringify(c.config), c] as const))(
    "%s, %s",
    async (family, _, c) => {
      using model = await open(family, c.config);
      const [last] = (await logitsOf(model, { inputIds: [c.input_ids], logitsToKeep: 1 })) as number[][];
      expectGolden(last, c.last_logits);
    },
  );
});

describe("activations that configs name", () => {
  test.each(edges.activations.map((c) => [c.activation, c] as const))("%s", async (activation, c) => {
    using model = await open("llama", { hidden_act: activation });
    const [last] = (await logitsOf(model, { inputIds: [c.input_ids], logitsToKeep: 1 })) as number[][];
    expectGolden(last, c.last_logits);
  });
});

describe("a tied checkpoint with an lm_head.weight in its file", () => {
  test.each(edges.tied_heads.map((c) => [c.family, c.places, c] as const))(
    "%s: the embedding's rows, moved on by %i",
    async (family, places, c) => {
      const [embedding, head] = ["model.embed_tokens.weight", "lm_head.weight"];
      const rolled = (files: ModelSource): ModelSource =>
        withReaderMethods(files, (reader: CheckpointReader) => ({
          names: () => [...reader.names(), head],
          has: (name) => name === head || reader.has(name),
          info: (name) => ({ ...reader.info(name === head ? embedding : name), name }),
          readBytes: async (name) => {
            if (name !== head) return reader.readBytes(name);
            const bytes = await reader.readBytes(embedding);
            const rowBytes = bytes.length / 97;
            const turned = new Uint8Array(bytes.length);
            for (let row = 0; row < 97; row++)
              turned.set(bytes.subarray(row * rowBytes, (row + 1) * rowBytes), ((row + places) % 97) * rowBytes);
            return turned;
          },
        }));
      using model = await open(family, {}, rolled);
      const [last] = (await logitsOf(model, { inputIds: [c.input_ids], logitsToKeep: 1 })) as number[][];
      expectGolden(last, c.last_logits);
    },
  );
});
