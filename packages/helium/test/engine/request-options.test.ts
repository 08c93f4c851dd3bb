import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  AutoModelForCausalLM,
  createEngineWorker,
  createInferenceEngine,
  type InferenceEngine,
  type ModelForCausalLM,
  type WorkerRequest,
} from "@helium-lm/helium";

const nano = fileURLToPath(new URL("../../../../models/helium-nano", import.meta.url));
const load = { backend: "wasm", threads: 1 } as const;
const inputIds = [1, 588, 1027, 300, 42];

/** A bias for each of 300 tokens, as the API of OpenAI allows: −100 forbids, 100 demands. */
const biases = Array.from({ length: 300 }, (_, i): readonly [readonly number[], number] => [
  [5 + 7 * i],
  i % 50 === 0 ? 100 : i % 3 === 0 ? -100 : ((i * 37) % 20) - 10,
]);
const forbidden = new Set(biases.filter(([, bias]) => bias === -100).map(([[id = -1]]) => id));
const demanded = new Set(biases.filter(([, bias]) => bias === 100).map(([[id = -1]]) => id));

const drawn = { doSample: true, seed: 11 } as const;
const requests: Readonly<Record<string, Omit<WorkerRequest, "inputIds">>> = {
  seed: { ...drawn, topK: 0 },
  "another seed": { ...drawn, seed: 12, topK: 0 },
  "top-k": { ...drawn, topK: 7 },
  "top-p": { ...drawn, topK: 0, topP: 0.6 },
  "min-p": { ...drawn, topK: 0, minP: 0.1 },
  "all of them": { ...drawn, temperature: 1.3, topK: 30, topP: 0.9, minP: 0.02 },
  "logit bias": { sequenceBias: biases },
  "logit bias, drawn": { ...drawn, topK: 0, sequenceBias: biases },
  penalties: { presencePenalty: 0.7, frequencyPenalty: 0.3, repetitionPenalty: 1.1 },
  "penalties, drawn": { ...drawn, topK: 0, presencePenalty: 2, frequencyPenalty: -0.5 },
  "more ends": { eosTokenId: [2, ...Array.from({ length: 200 }, (_, i) => 300 + i)] },
  "least length": { eosTokenId: Array.from({ length: 5000 }, (_, i) => i), minNewTokens: 9 },
  "no end": { eosTokenId: [] },
};

describe.each([
  ["in this thread", createInferenceEngine],
  ["in a worker", createEngineWorker],
] as const)("a request's options, %s", (_, open) => {
  let engine: InferenceEngine;
  let model: ModelForCausalLM;
  beforeAll(async () => {
    engine = await open(nano, load);
    model = await AutoModelForCausalLM.fromPretrained(nano, load);
  });
  afterAll(() => {
    engine.dispose();
    model.dispose();
  });

  test("give what `generate` gives, all of them at once", async () => {
    const common = { generationConfig: {}, maxNewTokens: 24 };
    const handles = Object.values(requests).map((own) => engine.submit({ ...common, inputIds, ...own }));
    const texts: number[][] = [];
    for (const [i, [name, own]] of Object.entries(requests).entries()) {
      const { sequences } = await model.generate({ ...common, inputIds: [inputIds], ...own });
      const { ids } = await (handles[i] as (typeof handles)[number]).result;
      expect([name, ...ids]).toEqual([name, ...(sequences[0] ?? []).slice(inputIds.length)]);
      texts.push([...ids]);
    }
    const of = (name: string): number[] => texts[Object.keys(requests).indexOf(name)] ?? [];
    expect(of("seed")).not.toEqual(of("another seed"));
    for (const name of ["logit bias", "logit bias, drawn"]) {
      expect(of(name).filter((id) => forbidden.has(id))).toEqual([]);
      expect(of(name).every((id) => demanded.has(id))).toBe(true);
    }
    expect(of("no end")).toHaveLength(24);
    expect(of("least length")).toHaveLength(10);
  });
});
