/**
 * `npm run soak -- fuzz [--inputs 1000000] [--seed 7] [--target gguf] [--workers 1] [--write]`: feeds damaged and gigantic
 * inputs to every parser of what comes from strangers. An input may be read or refused with a typed error, within a second
 * and within four times its size and 64 MiB of memory. Work that is done is kept in .cache/fuzz, so that a run that was
 * ended goes on where it was. `--write` puts the figures into docs/fuzz.json.
 */
import { fork } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { format } from "prettier";
import type { FuzzReport } from "../../testing/fuzz/fuzz.ts";
import "../workspace-sources.ts";

const { fuzzTargetNames } = await import("../../testing/fuzz/targets/index.ts");

/** A worker that says nothing for so many seconds, on a machine that may be busy, hangs. */
const SILENT_SECONDS = 60;

/** Inputs of one process: the small ones, and a larger stretch of which it takes the large ones alone. */
const CHUNK = { small: 100_000, large: 250_000 };

/** Inputs between two signs of life of small ones. */
const STRIDE = 50;

/** The largest inputs. */
const MOST_BYTES = 64e6;

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "100000" },
    seed: { type: "string", default: "7" },
    target: { type: "string", multiple: true },
    workers: { type: "string", default: "1" },
    write: { type: "boolean", default: false },
  },
});
const wholeNumber = (flag: "inputs" | "seed" | "workers"): number => {
  const value = Number(values[flag]);
  if (Number.isSafeInteger(value) && value >= 0 && value < 2 ** 21) return value;
  throw new Error(`--${flag}: ${JSON.stringify(values[flag])}; expected a whole number below ${2 ** 21}`);
};
const [inputs, seed, workers] = [wholeNumber("inputs"), wholeNumber("seed"), wholeNumber("workers")];
const chosen = fuzzTargetNames.filter((target) => values.target?.includes(target) ?? true);
if (chosen.length === 0) throw new Error(`--target: expected some of ${fuzzTargetNames.join(", ")}`);

/** What the figures mean, for who reads them without this file. */
const measured = {
  inputs:
    "damaged ones of some kilobytes; one in 10,000 (large) has grown to between 64 KiB and 64 MB, and one in ten of " +
    "these to at least 48 MB, as far as the kind of growth lets it",
  slowestMs:
    "wall clock of the slowest input, with whatever else the machine did; above 1000 it is read again up to " +
    "three times, and the least, processor time included, counts",
  mostMemoryPercentOfLimit:
    "the limit is four times the input and 64 MiB, beside the input; what counts is the peak of resident memory " +
    "as the kernel keeps it, for each large input alone after a full collection; small ones are charged with all " +
    "garbage since the process began, and read again alone where that comes near the limit",
};

interface Task {
  readonly target: string;
  readonly from: number;
  readonly to: number;
  readonly large: boolean;
}

type Outcome = FuzzReport | { readonly diedAt: number; readonly reason: string };

/** The report of one worker, or the last input that it told of. */
function work({ target, from, to, large }: Task): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const args = [target, seed, from, to, large ? 1 : 0, MOST_BYTES].map(String);
    // Small inputs get by with little more than what the library itself takes.
    const heap = large
      ? // A million brackets that a server's JSON.parse has made lists of take a gigabyte before our code sees them.
        [`--max-old-space-size=${target === "messages" ? 4096 : 1024}`, "--max-semi-space-size=2"]
      : ["--max-old-space-size=160", "--max-semi-space-size=8"];
    const worker = fileURLToPath(new URL("fuzz-worker.ts", import.meta.url));
    const child = fork(worker, args, {
      execArgv: ["--expose-gc", ...heap],
      stdio: ["ignore", "inherit", "pipe", "ipc"],
    });
    let [last, silent, said] = [from, 0, ""];
    let report: FuzzReport | undefined;
    // Counted one by one: while both processes are stopped, no second passes.
    const clock = setInterval(() => {
      if (++silent === SILENT_SECONDS) child.kill("SIGKILL");
    }, 1000);
    child.stderr?.on("data", (text: Buffer) => (said = (said + text.toString()).slice(-2000)));
    child.on("message", (message: { readonly run?: number; readonly report?: FuzzReport }) => {
      silent = 0;
      last = message.run ?? last;
      report = message.report ?? report;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(clock);
      if (report) resolve(report);
      else
        resolve({
          diedAt: last,
          reason: silent >= SILENT_SECONDS ? "said nothing for a minute" : `ended with ${code}: ${said}`,
        });
    });
  });
}

const none: FuzzReport = {
  ...{ inputs: 0, accepted: 0, refusedBy: {}, mostBytes: 0, slowestMs: 0, mostMemoryShare: 0, failures: [] },
};

function merged(a: FuzzReport, b: FuzzReport): FuzzReport {
  const refusedBy = { ...a.refusedBy };
  for (const [name, count] of Object.entries(b.refusedBy)) refusedBy[name] = (refusedBy[name] ?? 0) + count;
  return {
    inputs: a.inputs + b.inputs,
    accepted: a.accepted + b.accepted,
    refusedBy,
    mostBytes: Math.max(a.mostBytes, b.mostBytes),
    slowestMs: Math.max(a.slowestMs, b.slowestMs),
    mostMemoryShare: Math.max(a.mostMemoryShare, b.mostMemoryShare),
    failures: [...a.failures, ...b.failures],
  };
}

/** All inputs of a task; those around one that ended its process are read by others. */
async function finish(task: Task): Promise<FuzzReport> {
  if (task.from >= task.to) return none;
  const outcome = await work(task);
  if (!("diedAt" in outcome)) return outcome;
  const { diedAt: run, reason } = outcome;
  const before = await finish({ ...task, to: run });
  const after = await finish({ ...task, from: run + (task.large ? 1 : STRIDE) });
  const failure = { run, bytes: 0, kind: "crash" as const, reason };
  return merged(merged(before, after), { ...none, failures: [failure] });
}

const cache = new URL(`../../.cache/fuzz/${seed}/`, import.meta.url);
mkdirSync(cache, { recursive: true });

/** The same from an earlier run, if there was one. */
async function once(task: Task): Promise<FuzzReport & { readonly seconds: number }> {
  const name = [task.target, task.large ? "large" : "small", task.from, task.to].join("-");
  const file = new URL(`${name}.json`, cache);
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as FuzzReport & { readonly seconds: number };
  const started = performance.now();
  const report = await finish(task);
  const result = { ...report, seconds: (performance.now() - started) / 1000 };
  // What failed is to be read again, once it is mended.
  if (report.failures.length === 0) writeFileSync(file, JSON.stringify(result));
  for (const failure of report.failures.slice(0, 20))
    console.error(JSON.stringify({ target: task.target, seed, ...failure }));
  return result;
}

const parts = (target: string, large: boolean): Task[] => {
  const size = large ? CHUNK.large : CHUNK.small;
  return Array.from({ length: Math.ceil(inputs / size) }, (_, n) => ({
    ...{ target, large, from: n * size, to: Math.min(inputs, (n + 1) * size) },
  }));
};

async function fuzzTarget(target: string): Promise<object> {
  const tasks = [true, false].flatMap((large) => parts(target, large));
  const sums = { small: none, large: none };
  let seconds = 0;
  const next = async (): Promise<void> => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      const result = await once(task);
      seconds += result.seconds;
      const size = task.large ? "large" : "small";
      sums[size] = merged(sums[size], result);
    }
  };
  await Promise.all(Array.from({ length: workers }, next));
  const percent = (share: number): number => Math.round(100 * share);
  const { small, large } = sums;
  const all = merged(small, large);
  const result = {
    target,
    seed,
    inputs: all.inputs,
    accepted: all.accepted,
    refusedBy: all.refusedBy,
    large: { inputs: large.inputs, mostMegabytes: Math.round(large.mostBytes / 1e5) / 10, accepted: large.accepted },
    slowestMs: { small: Math.round(small.slowestMs), large: Math.round(large.slowestMs) },
    mostMemoryPercentOfLimit: { small: percent(small.mostMemoryShare), large: percent(large.mostMemoryShare) },
    failures: all.failures.length,
    seconds: Math.round(seconds),
  };
  console.log(JSON.stringify(result));
  if (all.failures.length > 0) process.exitCode = 1;
  return result;
}

const results: object[] = [];
for (const target of chosen) results.push(await fuzzTarget(target));
if (values.write) {
  // Targets that were not run keep the figures of their last run.
  const file = new URL("../../docs/fuzz.json", import.meta.url);
  const { results: old = [] } = JSON.parse(readFileSync(file, "utf8")) as { readonly results?: readonly object[] };
  const byTarget = new Map([...old, ...results].map((one) => [(one as { readonly target: string }).target, one]));
  const kept = fuzzTargetNames.flatMap((target) => byTarget.get(target) ?? []);
  const json = JSON.stringify({ node: process.versions.node, measured, results: kept });
  writeFileSync(file, await format(json, { parser: "json" }));
}
