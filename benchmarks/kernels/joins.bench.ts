import { conditions, saveReport, type Result } from "../report.ts";
import { interleave } from "../rounds.ts";
import { machineLimits } from "../../scripts/wasm/machine-limits.ts";

/** What 120 commands cost that do nothing. */
export async function joinsBenchmark(name: string): Promise<void> {
  const before = await conditions();
  const { joins, dispose } = await machineLimits(2);
  const [timed] = await interleave([joins]);
  dispose();
  if (!timed) return;
  const milliseconds = timed.runs.map((perSecond) => 1000 / perSecond);
  const best = 1000 / timed.best;
  const result: Result = {
    ...{ test: "120 empty joins, 2T", contender: "helium-lm", unit: "ms" },
    ...{ best, median: 1000 / timed.median, runs: milliseconds },
  };
  console.log(`${result.test}: ${best.toFixed(3)} ms, median ${result.median.toFixed(3)} ms`);
  saveReport(name, before, { versions: {}, missing: [], results: [result] });
}
