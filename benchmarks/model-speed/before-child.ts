/** `node before-child.ts MODEL THREADS STEPS ROUNDS`: greedy tokens of `generate`, with the packages of the folder it runs in. */
import { pathToFileURL } from "node:url";

await import(pathToFileURL("scripts/workspace-sources.ts").href);
const { AutoModelForCausalLM } = await import("@helium-lm/helium");
const { createBackend } = await import("@helium-lm/tensor");

const [model = "", ...numbers] = process.argv.slice(2);
const [threads, steps, rounds] = numbers.map(Number) as [number, number, number];

const backend = await createBackend("wasm", { codegen: "wide", threads });
const opened = await AutoModelForCausalLM.fromPretrained(model, { backend });
const prompt = Array.from({ length: 16 }, (_, i) => 100 + i);
const runs: number[] = [];
const outside: number[] = [];
const kernelMs = (): number => Number(backend.info()["kernelMs"]);
for (let round = 0; round <= rounds; round++) {
  const [start, kernels] = [performance.now(), kernelMs()];
  await opened.generate({ inputIds: [prompt], doSample: false, maxNewTokens: steps, eosTokenId: [] });
  const milliseconds = performance.now() - start;
  // The first round warms up.
  if (round === 0) continue;
  runs.push((steps * 1000) / milliseconds);
  outside.push(1 - (kernelMs() - kernels) / milliseconds);
}
console.log(JSON.stringify({ runs, outside }));
process.exit();
