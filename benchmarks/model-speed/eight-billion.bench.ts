import { statSync } from "node:fs";
import { formatFile, llama8bModel } from "../model-files/format-files.ts";
import { contest } from "../peers/contest.ts";
import { native } from "../peers/native/native.ts";
import { ours } from "../peers/ours/ours.ts";
import { conditions, printResults, saveReport } from "../report.ts";
import { measureSweeps } from "./model-contest.ts";
import { weightBytesPerToken } from "./weight-bytes.ts";

const ROUNDS = 3;

/** The shape of an 8B model in Q4_K_M, larger than one memory of 32-bit WebAssembly: speed beside native, and memory. */
export async function eightBillionBenchmark(name: string): Promise<void> {
  const before = await conditions();
  const path = await formatFile(llama8bModel, "Q4_K_M");
  const readSweep = await measureSweeps();
  const { peakBytes, ...outcome } = await contest(
    { path, vocab: llama8bModel.vocab, word: "a", context: 512, threads: 2 },
    [ours, native],
    [
      { test: "8B shape Q4_K_M decode", context: 32, steps: 16, weightBytes: await weightBytesPerToken(path) },
      { test: "8B shape Q4_K_M prefill, 128 tokens", prefill: 128 },
    ],
    readSweep.twoThreads,
    ROUNDS,
  );
  printResults(outcome.results, ours.name);
  const resident = { "the file": statSync(path).size, ...peakBytes };
  for (const [what, bytes] of Object.entries(resident)) console.log(`${what}: ${(bytes / 1e9).toFixed(2)} GB`);
  saveReport(name, before, { readSweep, ...outcome, peakBytes: resident });
}
