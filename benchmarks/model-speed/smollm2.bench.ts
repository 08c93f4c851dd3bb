import { smollm2File } from "../model-files/smollm2.ts";
import { conditions, printResults, saveReport } from "../report.ts";
import { measureSweeps, modelContest } from "./model-contest.ts";
import { weightBytesPerToken } from "./weight-bytes.ts";

/** SmolLM2-135M-Instruct in the Q4_1 of its own file, ours beside native llama.cpp and its WASM builds. */
export async function smollm2Benchmark(name: string): Promise<void> {
  const before = await conditions();
  const path = smollm2File();
  const readSweep = await measureSweeps();
  const outcome = await modelContest(
    { path, vocab: 49_152, word: " hello", context: 512, threads: 2 },
    [
      { test: "SmolLM2-135M Q4_1 decode", context: 128, steps: 64, weightBytes: await weightBytesPerToken(path) },
      { test: "SmolLM2-135M Q4_1 prefill, 256 tokens", prefill: 256 },
    ],
    readSweep,
  );
  printResults(outcome.results, "helium-lm");
  saveReport(name, before, { readSweep, ...outcome });
}
