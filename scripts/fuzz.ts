/**
 * `npm run soak -- fuzz [--runs 100000] [--seed 7] [--target gguf] [--write]`: feeds damaged files to every parser of files
 * that come from strangers. No input may crash it, take more than a second, or take more memory than its own size and
 * 64 MB; all it may do is throw a typed error. `--write` puts the figures into docs/fuzz.json.
 */
import { fork } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { format } from "prettier";
import type { FuzzFailure, FuzzReport } from "../packages/helium/test/fuzz/run.ts";

const targets = [
  "safetensors",
  "index.json",
  "gguf",
  "tokenizer.json",
  "tokenizer.model",
  "tokenizer_config.json",
  "config.json",
] as const;

/** A worker that says nothing for so long, on a machine that may be busy, hangs. */
const SILENCE_MS = 60_000;

/** Inputs between two signs of life. */
const STRIDE = 50;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    target: { type: "string", multiple: true },
    write: { type: "boolean", default: false },
  },
});
const wholeNumber = (flag: "runs" | "seed"): number => {
  const value = Number(values[flag]);
  if (Number.isSafeInteger(value) && value >= 0 && value < 2 ** 21) return value;
  throw new Error(`--${flag}: ${JSON.stringify(values[flag])}; expected a whole number below ${2 ** 21}`);
};
const [runs, seed] = [wholeNumber("runs"), wholeNumber("seed")];
const chosen = targets.filter((target) => values.target?.includes(target) ?? true);
if (chosen.length === 0) throw new Error(`--target: expected some of ${targets.join(", ")}`);

type ToldFailure = Omit<FuzzFailure, "input"> & { readonly input: string | null };
type WorkerReport = Omit<FuzzReport, "failures"> & { readonly failures: ToldFailure[]; readonly peakBytes: number };

/** The report of one worker, or the last input it told of before it fell silent. */
function work(target: string, from: number): Promise<WorkerReport | { readonly silentAfter: number }> {
  return new Promise((resolve, reject) => {
    const worker = fileURLToPath(new URL("fuzz-worker.ts", import.meta.url));
    const child = fork(worker, [target, String(seed), String(from), String(runs)]);
    let last = from;
    let outcome: WorkerReport | undefined;
    let isSilent = false;
    const giveUp = (): void => {
      isSilent = true;
      child.kill("SIGKILL");
    };
    let timer = setTimeout(giveUp, SILENCE_MS);
    child.on("message", (message: { readonly run?: number; readonly report?: WorkerReport }) => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, SILENCE_MS);
      last = message.run ?? last;
      outcome = message.report ?? outcome;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      if (outcome) resolve(outcome);
      else if (isSilent) resolve({ silentAfter: last });
      else reject(new Error(`${target}: the process ended with ${code} after input ${last} of seed ${seed}`));
    });
  });
}

/** All inputs of a target; after a hang the next worker goes on behind it. */
async function fuzzTarget(target: (typeof targets)[number]): Promise<WorkerReport> {
  const hangs: ToldFailure[] = [];
  for (let from = 0; ;) {
    const outcome = await work(target, from);
    if (!("silentAfter" in outcome)) return { ...outcome, failures: [...hangs, ...outcome.failures] };
    const run = outcome.silentAfter;
    hangs.push({ target, seed, run, kind: "hang", reason: `in the ${STRIDE} inputs from this one`, input: null });
    from = run + STRIDE;
  }
}

const megabytes = (bytes: number): number => Math.round(bytes / 1e5) / 10;
const results: { readonly target: string; readonly [figure: string]: unknown }[] = [];
for (const target of chosen) {
  const started = performance.now();
  const { failures, ...report } = await fuzzTarget(target);
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  results.push({
    target,
    seed,
    inputs: report.runs,
    accepted: report.accepted,
    refused: report.refused,
    refusedBy: report.refusedBy,
    slowestMs: Math.round(report.slowestMs),
    mostMegabytesBeyondInput: megabytes(report.mostBytesBeyondInput),
    peakMegabytesOfProcess: megabytes(report.peakBytes),
    failures: failures.length,
    seconds,
  });
  console.log(
    `${target}: ${report.runs} inputs, ${report.refused} refused, slowest ${report.slowestMs.toFixed(0)} ms, ` +
      `most ${megabytes(report.mostBytesBeyondInput)} MB beyond its input, ${failures.length} failures, ${seconds} s`,
  );
  for (const failure of failures.slice(0, 20)) console.error(JSON.stringify(failure));
  if (failures.length > 0) process.exitCode = 1;
}
if (values.write) {
  // Targets that were not run keep the figures of their last run.
  const file = new URL("../docs/fuzz.json", import.meta.url);
  const { results: old = [] } = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as { readonly results?: readonly { readonly target: string }[] })
    : {};
  const kept = targets.flatMap((target) => {
    const result = [...results, ...old].find((one) => one.target === target);
    return result ? [result] : [];
  });
  const json = JSON.stringify({ node: process.versions.node, results: kept });
  writeFileSync(file, await format(json, { parser: "json" }));
}
