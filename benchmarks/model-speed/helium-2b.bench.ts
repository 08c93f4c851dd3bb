import { syntheticHelium2b } from "../model-files/helium-2b-files.ts";
import { helium2b } from "../model-files/helium-2b-shape.ts";
import { conditions, printResults, saveReport } from "../report.ts";
import type { Event, Outcome } from "../peers/contest.ts";
import { measureSweeps, modelContest } from "./model-contest.ts";
import { weightBytesPerToken } from "./weight-bytes.ts";

const LONG = 2048;

/** Contenders that are fast enough to fill a long context. */
const fast = ["helium-lm", "llama.cpp native"];

/** Random weights in the shape of Helium-1 2B, as q4_0 and as q8_0. */
export async function helium2bBenchmark(name: string): Promise<void> {
  const before = await conditions();
  const files = [
    ["q4_0", await syntheticHelium2b("q4_0")],
    ["q8_0", await syntheticHelium2b("q8_0")],
  ] as const;
  const readSweep = await measureSweeps();
  const outcomes: Outcome[] = [];
  for (const [format, path] of files) {
    const weightBytes = await weightBytesPerToken(path);
    const events: Event[] = [
      { test: `Helium 2B ${format} decode`, context: 128, steps: 16, weightBytes },
      { test: `Helium 2B ${format} prefill, 256 tokens`, prefill: 256 },
    ];
    if (format === "q4_0")
      events.push({
        test: `Helium 2B ${format} decode at ${LONG} tokens`,
        context: LONG,
        steps: 16,
        weightBytes,
        only: fast,
      });
    // One letter is one byte token of its minimal vocabulary.
    const model = { path, vocab: helium2b.vocab, word: "a", context: LONG + 256, threads: 2 };
    const outcome = await modelContest(model, events, readSweep);
    printResults(outcome.results, "helium-lm");
    outcomes.push(outcome);
  }
  const results = outcomes.flatMap((outcome) => outcome.results);
  const missing = outcomes.flatMap((outcome) => outcome.missing);
  const versions = Object.fromEntries(outcomes.flatMap((outcome) => Object.entries(outcome.versions)));
  const peakBytes = Object.fromEntries(
    outcomes.flatMap((outcome, n) =>
      Object.entries(outcome.peakBytes).map(([contender, bytes]) => [`${contender}, ${files[n]?.[0]}`, bytes]),
    ),
  );
  saveReport(name, before, { readSweep, versions, missing, peakBytes, results });
}
