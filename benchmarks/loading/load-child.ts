import { AutoModelForCausalLM } from "@helium-lm/helium";
import type { MatrixDType } from "@helium-lm/nn";
import { scope } from "@helium-lm/tensor";
import { createWasmBackend } from "@helium-lm/tensor/backends/wasm";

/** `node load-child.ts PATH DTYPE CONTEXT`: loads a model and decodes behind CONTEXT slots; prints what it took as JSON. */
const [path = "", dtype, context] = process.argv.slice(2);

/** Steps of which the best counts. */
const STEPS = 8;

const peak = (): number => process.resourceUsage().maxRSS * 1024;

const backend = await createWasmBackend({ threads: 2 });
const start = performance.now();
const model = await AutoModelForCausalLM.fromPretrained(path, { backend, dtype: dtype as MatrixDType });
const loadSeconds = (performance.now() - start) / 1000;
const loadPeakBytes = peak();
const weightBytes = backend.memory().bytes;
const slots = Number(context);
const cache = model.createCache({ slots: slots + STEPS });
// Slots that hold zeros take as long to attend to as any.
scope(() => void cache.extend(1, slots));
let best = Infinity;
for (let step = 0; step < STEPS; step++) {
  const begun = performance.now();
  scope(() => model.forward({ inputIds: [[300 + step]], pastKeyValues: cache, logitsToKeep: 1 }));
  best = Math.min(best, (performance.now() - begun) / 1000);
}
const { memories, memoryBytes } = backend.info();
console.log(
  JSON.stringify({
    ...{ loadSeconds, loadPeakBytes, weightBytes, context: slots, kvDType: cache.dtype, tokensPerSecond: 1 / best },
    ...{ peakBytes: peak(), memories, memoryBytes },
  }),
);
process.exit();
