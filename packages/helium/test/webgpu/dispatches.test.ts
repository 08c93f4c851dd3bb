import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Backend } from "@helium-lm/tensor";
import { EmptyWeights } from "@helium-lm/nn";
import { DecoderConfig, type JsonObject } from "../../src/config/index.ts";
import { heads } from "../../src/heads/index.ts";
import { randomCheckpoint } from "../../src/testing/random-checkpoint.ts";
import { createIdleWebGpu } from "../../../../testing/conformance/idle-webgpu.ts";
import { fixturePath, listFixtures } from "../../../../testing/fixtures.ts";

/**
 * What a token takes of each fixture, layer by layer. With norm and bias: q, k and v; turning, and into pages; attention, and joining
 * its splits; output; gate with up; down.
 */
const table: Readonly<Record<string, readonly number[]>> = {
  ...{ llama: [7, 7, 7], llama3: [7, 7, 7], mistral: [7, 7, 7], gemma: [7, 7, 7], phi3: [7, 7, 7] },
  ...{ qwen2: [7, 7, 7], glm: [7, 7, 7], granite: [7, 7, 7], helium: [7, 7, 7], "helium-bias": [7, 7, 7] },
  ...{ "helium-bf16": [7, 7, 7], "helium-mha": [7, 7, 7], "helium-sharded": [7, 7, 7], "helium-tied": [7, 7, 7] },
  // The layer that turns nothing writes keys and values apart.
  smollm3: [7, 8, 7],
  // A layer norm stands before everything.
  cohere: [8, 8, 8],
  // Norms on q and k go with turning them.
  qwen3: [7, 7, 7],
  // Norms stand between the products of attention and MLP and the stream: that of attention goes with gate and up, that of the MLP
  // is added to the stream by itself.
  ...{ gemma2: [8, 8, 8], gemma3_text: [8, 8, 8, 8, 8, 8], olmo2: [8, 8, 8] },
};

/** Keys of configs with an entry for each layer. */
const listsOfLayers = ["layer_types", "no_rope_layers"] as const;

/** A fixture's config of so many of its layers, with rows of whole units of 32, as all published models have. */
function configOf(fixture: string, layers: number): DecoderConfig {
  const json = configFile(fixture);
  const lists = listsOfLayers.flatMap((key) => {
    const list = json[key];
    return Array.isArray(list) ? [[key, list.slice(0, layers)] as const] : [];
  });
  return DecoderConfig.fromJSON({
    ...{ ...json, ...Object.fromEntries(lists) },
    ...{ num_hidden_layers: layers, intermediate_size: 64 },
  });
}

const dispatchesOf = (backend: Backend): number => Number(backend.info()["dispatches"]);

/** Dispatches of one more token, of a model without contents on a device that does nothing. */
async function perToken(config: DecoderConfig, storages: number): Promise<number> {
  const backend = createIdleWebGpu({ storages });
  const reader = await randomCheckpoint(config, "causal-lm").openWeights();
  const model = await heads["causal-lm"].load({ config, source: new EmptyWeights(backend, reader) });
  const run = async (maxNewTokens: number): Promise<number> => {
    const before = dispatchesOf(backend);
    await model.generate({ inputIds: [[1, 1, 1]], maxNewTokens, doSample: false, eosTokenId: null });
    return dispatchesOf(backend) - before;
  };
  // What is recorded is recorded by then.
  for (let i = 0; i < 3; i++) await run(4);
  const short = await run(4);
  const taken = ((await run(8)) - short) / 4;
  model.dispose();
  expect(backend.memory().handles).toBe(0);
  backend.dispose();
  return taken;
}

const configFile = (fixture: string): JsonObject =>
  JSON.parse(readFileSync(fixturePath(`models/${fixture}/causal/config.json`), "utf8")) as JsonObject;

/** Of all layers but the first one, which alone cannot be told from what stands around the layers. */
async function perLayer(fixture: string, layers: number, storages = 10): Promise<number[]> {
  const counts: number[] = [];
  for (let n = 1; n <= layers; n++) counts.push(await perToken(configOf(fixture, n), storages));
  return counts.slice(1).map((count, i) => count - (counts[i] ?? 0));
}

describe("dispatches of a token, layer by layer", () => {
  test("every fixture is counted", () => {
    expect(Object.keys(table).sort()).toEqual(listFixtures("models"));
  });

  test.each(Object.entries(table))("%s: %j", async (fixture, expected) => {
    expect(await perLayer(fixture, expected.length)).toEqual(expected.slice(1));
  });

  test.each(Object.entries(table))(
    "%s on a device whose kernels have the least storages",
    async (fixture, expected) => {
      // Norm, weights and biases of q, k and v are too many.
      const more = ["qwen2", "glm", "llama3", "helium-bias"].includes(fixture) ? 1 : 0;
      expect(await perLayer(fixture, 2, 8)).toEqual([(expected[1] ?? 0) + more]);
    },
  );
});
