import { mkdirSync, writeFileSync } from "node:fs";
import { busyCores } from "./busy-cores.ts";
import { describeMachine, type Machine } from "./machine.ts";

/** One contender's figure in one test of a benchmark. */
export interface Result {
  readonly test: string;
  readonly contender: string;
  readonly unit: string;
  readonly best: number;
  readonly median: number;
  readonly runs: readonly number[];
  /** Bytes of weights that each second went through, and the share of the read sweep of as many threads. */
  readonly gbPerSecond?: number;
  readonly shareOfSweep?: number;
}

/** What one sub-command found. */
export interface Report {
  readonly benchmark: string;
  readonly date: string;
  readonly machine: Machine;
  /** Cores that other programs kept busy when the run began: above a fifth of one, the figures say little. */
  readonly busyCores: number;
  /** GB/s of a plain read by one and by two threads, at the start of the run. */
  readonly readSweep?: { readonly oneThread: number; readonly twoThreads: number };
  readonly versions: Readonly<Record<string, string>>;
  readonly missing: readonly { readonly contender: string; readonly reason: string }[];
  /** Most bytes resident, by contender. */
  readonly peakBytes?: Readonly<Record<string, number>>;
  readonly results: readonly Result[];
}

type Findings = Omit<Report, "benchmark" | "date" | "machine" | "busyCores">;

const folder = new URL("results/", import.meta.url);

/** What was so before a benchmark began. */
export interface Conditions {
  readonly machine: Machine;
  readonly busyCores: number;
}

/** Above this many busy cores the figures are not held to bars. */
export const QUIET = 0.2;

/** Taken before a benchmark starts anything; says so where the machine is busy. */
export async function conditions(): Promise<Conditions> {
  const busy = Number((await busyCores()).toFixed(2));
  if (busy > QUIET) console.log(`Other programs keep ${busy} cores busy: the figures say little.`);
  return { machine: describeMachine(), busyCores: busy };
}

export function saveReport(name: string, { machine, busyCores: busy }: Conditions, found: Findings): void {
  const report: Report = { benchmark: name, date: new Date().toISOString(), machine, busyCores: busy, ...found };
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(report, null, 2)}\n`);
}

/** Three significant digits, whole numbers from 100. */
export function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Prints each test as a block: contenders with best, median, share of the sweep, and ours as a multiple of theirs. */
export function printResults(results: readonly Result[], ours: string): void {
  const tests = [...new Set(results.map(({ test }) => test))];
  for (const test of tests) {
    console.log(test);
    const rows = results.filter((result) => result.test === test);
    const own = rows.find(({ contender }) => contender === ours);
    for (const { contender, unit, best, median, gbPerSecond, shareOfSweep } of rows) {
      const speed = `${digits(best).padStart(8)} ${unit.padEnd(8)} median ${digits(median).padEnd(6)}`;
      const rate = gbPerSecond === undefined ? "" : `  ${digits(gbPerSecond)} GB/s`;
      const share = shareOfSweep === undefined ? "" : ` = ${(100 * shareOfSweep).toFixed(0)} % of the sweep`;
      const times = own && (unit === "ms" ? best / own.best : own.best / best);
      const ratio = times !== undefined && contender !== ours ? `  ours ${digits(times)}×` : "";
      console.log(`  ${contender.padEnd(24)} ${speed}${rate}${share}${ratio}`);
    }
  }
}
