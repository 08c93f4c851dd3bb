import { AutoModelForCausalLM } from "@helium-lm/helium";
import { createWasmBackend } from "@helium-lm/tensor/backends/wasm";
import { modelRunner } from "../peers/ours/model-runner.ts";
import { peakBytesOf } from "../peers/process-stats.ts";

/** `zoo-child.ts <folder> <threads>`: loads a folder as q4_0, decodes and says what it took, as one line of JSON. */
const [folder = "", threads] = process.argv.slice(2);

const STEPS = 32;

const start = performance.now();
const backend = await createWasmBackend({ threads: Number(threads), codegen: "wide" });
const model = await AutoModelForCausalLM.fromPretrained(folder, { backend, dtype: "q4_0" });
const loadSeconds = (performance.now() - start) / 1000;
const storedBytes = backend.memory().bytes;

const { decode } = modelRunner(model, model.config.vocabSize, { slots: 128 });
const speeds: number[] = [];
for (let run = 0; run < 3; run++) speeds.push(STEPS / (await decode(16, STEPS)));

console.log(JSON.stringify({ loadSeconds, storedBytes, peakBytes: peakBytesOf(process.pid), speeds }));
model.dispose();
backend.dispose();
