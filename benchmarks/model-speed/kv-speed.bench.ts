import { fileURLToPath } from "node:url";
import { AutoModelForCausalLM } from "@helium-lm/helium";
import { KvCache, kvDTypes, type KvDType } from "@helium-lm/nn";
import { attention, scope, tensor, type Backend } from "@helium-lm/tensor";
import { createWasmBackend } from "@helium-lm/tensor/backends/wasm";
import { randomValues } from "../kernels/random.ts";
import { formatFile, formatModels } from "../model-files/format-files.ts";
import { modelRunner } from "../peers/ours/model-runner.ts";
import { conditions, printResults, saveReport, type Result } from "../report.ts";
import { interleave, summary, type Entry } from "../rounds.ts";

const nano = fileURLToPath(new URL("../../models/helium-nano", import.meta.url));

const SLOTS = 1024;

/** Attention of T queries behind which there is no key, over `SLOTS` keys. */
const shapes = [
  { heads: 9, kvHeads: 3, headDim: 64, queries: 1 },
  { heads: 9, kvHeads: 3, headDim: 64, queries: 64 },
  { heads: 20, kvHeads: 20, headDim: 128, queries: 1 },
  { heads: 20, kvHeads: 20, headDim: 128, queries: 64 },
] as const;
type Shape = (typeof shapes)[number];

const codes = ["plain", "wide"] as const;

/** What storage of keys and values costs in time: attention alone on one thread, and whole models on two. */
export async function kvSpeedBenchmark(name: string): Promise<void> {
  const before = await conditions();
  const results: Result[] = [];
  for (const codegen of codes) {
    const backend = await createWasmBackend({ threads: 1, codegen });
    for (const shape of shapes) results.push(...(await attentionSpeeds(backend, shape, codegen)));
    backend.dispose();
  }
  const [smollm2] = formatModels;
  for (const codegen of codes) {
    if (smollm2) {
      const file = await formatFile(smollm2, "Q8_0");
      results.push(...(await modelSpeeds(`${smollm2.name} Q8_0`, file, codegen, SLOTS)));
    }
    results.push(...(await modelSpeeds("helium-nano", nano, codegen, 512)));
  }
  printResults(results, "f16");
  saveReport(name, before, { versions: {}, missing: [], results });
}

async function attentionSpeeds(backend: Backend, shape: Shape, codegen: string): Promise<readonly Result[]> {
  const { heads: H, kvHeads: K, headDim: D, queries: T } = shape;
  const q = tensor(backend, randomValues(T * H * D, 1), { shape: [T, H, D] });
  const held = kvDTypes.map((kvDType) => ({ kvDType, ...filledCache(backend, kvDType, shape) }));
  const entries = held.map(({ kvDType, cache, operands }): Entry => {
    const options = { scale: D ** -0.5, causal: true, ...operands, ...cache.scales(0) };
    return {
      contender: kvDType,
      work: (4 * T * H * SLOTS * D) / 1e9,
      run: () => attention(q, cache.keys(0), cache.values(0), options).dispose(),
    };
  });
  const timed = await interleave(entries);
  for (const { cache, operands } of held) {
    cache.dispose();
    for (const operand of Object.values(operands)) operand.dispose();
  }
  q.dispose();
  const test = `attention of ${T}, ${H} heads of ${D} on ${K}, ${SLOTS} keys, ${codegen}, 1T`;
  return timed.map((one) => ({ ...one, test, unit: "GOP/s" }));
}

function filledCache(backend: Backend, dtype: KvDType, { kvHeads: K, headDim: D, queries: T }: Shape) {
  const cache = new KvCache(backend, { layers: 1, kvHeads: K, headDim: D, dtype });
  const operands = scope((s) => {
    const { tables } = cache.extend(1, SLOTS);
    const rows = (seed: number) => tensor(backend, randomValues(K * SLOTS * D, seed), { shape: [1, K, SLOTS, D] });
    cache.write(0, rows(2), rows(3));
    const i32 = (values: number[]) => s.keep(tensor(backend, values, { dtype: "i32" }));
    return { tables: s.keep(tables), queryStarts: i32([0, T]), lengths: i32([SLOTS]) };
  });
  return { cache, operands };
}

const ROUNDS = 5;

/** Prompts and decoding steps with each storage in turn. */
async function modelSpeeds(title: string, path: string, codegen: "plain" | "wide", slots: number): Promise<Result[]> {
  const backend = await createWasmBackend({ threads: 2, codegen });
  const model = await AutoModelForCausalLM.fromPretrained(path, { backend });
  const runners = kvDTypes.map((kvDType) => ({ kvDType, ...modelRunner(model, model.config.vocabSize, { kvDType }) }));
  const steps = 16;
  const tests = [
    { test: `${title}: prompt of 256, ${codegen}, 2T`, tokens: 256, run: (i: number) => runners[i]?.prefill(256) },
    {
      test: `${title}: decode at ${slots}, ${codegen}, 2T`,
      tokens: steps,
      run: (i: number) => runners[i]?.decode(slots, steps),
    },
  ];
  const results: Result[] = [];
  for (const { test, tokens, run } of tests) {
    for (const i of runners.keys()) await run(i);
    const speeds = runners.map((): number[] => []);
    for (let round = 0; round < ROUNDS; round++)
      for (const i of runners.keys()) speeds[i]?.push(tokens / ((await run(i)) ?? NaN));
    runners.forEach(({ kvDType }, i) => {
      const runs = speeds[i] ?? [];
      results.push({ test, contender: kvDType, unit: "tok/s", ...summary(runs), runs });
    });
  }
  model.dispose();
  backend.dispose();
  return results;
}
