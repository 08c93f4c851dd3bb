/**
 * `npm run soak -- mutation [--backend cpu] [--id substring] [--new] [--jobs 2]`: plants bugs in the kernels, one at a time,
 * and runs the conformance suite on each. Every outcome is kept in .cache/mutation-outcomes.json and, with those of earlier
 * runs, in docs/conformance-mutation.json, which says how many bugs have none. `--new` runs those alone, and what changed.
 */
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { DEFAULT_RUNS, DEFAULT_SEED } from "../../packages/tensor/src/conformance/plan.ts";
import type { MutantResult, MutationReport } from "./mutation-report.ts";
import { cpuMutants } from "../mutants/cpu.ts";
import { logitsMutants } from "../mutants/logits.ts";
import type { Mutant } from "../mutants/mutant.ts";
import { cpuPageMutants, referencePageMutants, wasmPageMutants } from "../mutants/pages.ts";
import { cpuQuantMutants, referenceQuantMutants, sharedQuantMutants } from "../mutants/quant.ts";
import { referenceMutants } from "../mutants/reference.ts";
import { cpuRowMutants, referenceRowMutants } from "../mutants/rows.ts";
import { wasmLogitsMutants } from "../mutants/wasm-logits.ts";
import { wasmMutants } from "../mutants/wasm.ts";
import { webgpuMutants } from "../mutants/webgpu.ts";
import { softwareVulkan } from "../../testing/software-vulkan.ts";

/** Share of the planted bugs that the suite must find. */
const REQUIRED = 0.95;
const TIMEOUT_MS = 600_000;

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Mutants name their files from here; the copies lie below a root of their own alike. */
const sources = "packages/tensor/src";
// Below the root, so that fast-check resolves.
const sandbox = `${root}.cache/mutation`;

const { values } = parseArgs({
  options: {
    backend: { type: "string" },
    id: { type: "string" },
    new: { type: "boolean" },
    jobs: { type: "string", default: "2" },
  },
});

interface Planted extends Mutant {
  readonly backend: string;
}

const all: readonly Planted[] = [
  ...[...referenceMutants, ...referenceRowMutants, ...referencePageMutants, ...referenceQuantMutants].map((mutant) => ({
    ...mutant,
    backend: "reference",
  })),
  ...[
    ...cpuMutants,
    ...cpuRowMutants,
    ...cpuPageMutants,
    ...logitsMutants,
    ...cpuQuantMutants,
    ...sharedQuantMutants,
  ].map((mutant) => ({
    ...mutant,
    backend: "cpu",
  })),
  ...[...wasmMutants, ...wasmPageMutants, ...wasmLogitsMutants].map((mutant) => ({ ...mutant, backend: "wasm" })),
  ...webgpuMutants.map((mutant) => ({ ...mutant, backend: "webgpu" })),
];

const reportFile = `${root}docs/conformance-mutation.json`;
const outcomesFile = `${root}.cache/mutation-outcomes.json`;
/** Outcomes by bug, of earlier runs and of this one; those of a bug whose text was changed since are no more. */
const outcomes = new Map<string, MutantResult>();
for (const result of [
  ...(existsSync(reportFile) ? (JSON.parse(readFileSync(reportFile, "utf8")) as MutationReport).mutants : []),
  ...(existsSync(outcomesFile) ? (JSON.parse(readFileSync(outcomesFile, "utf8")) as readonly MutantResult[]) : []),
])
  if (all.some(({ id, find, replace }) => id === result.id && find === result.find && replace === result.replace))
    outcomes.set(result.id, result);

const chosen = all.filter(
  ({ backend, id }) =>
    (values.backend ?? backend) === backend && id.includes(values.id ?? "") && !(values.new && outcomes.has(id)),
);
if (chosen.length === 0) throw new Error("no bug matches --backend, --id and --new");

const originals = new Map<string, string>();
const sourceOf = (file: string): string => {
  const known = originals.get(file) ?? readFileSync(`${root}${sources}/${file}`, "utf8");
  originals.set(file, known);
  return known;
};

const stale = all.filter(({ file, find }) => sourceOf(file).split(find).length !== 2);
if (stale.length > 0) {
  const lines = stale.map(({ id, find }) => `  ${id}: ${JSON.stringify(find)}`);
  throw new Error(`bugs whose text does not occur exactly once in the source any more:\n${lines.join("\n")}`);
}

/** Runs the suite on a copy of the sources; resolves to the failed test's title, "" where all pass. */
async function runSuite(copy: string, backend: string, op: string): Promise<string> {
  // Kernels in WebAssembly are built anew; a bug that the build refuses is found.
  const built = backend === "wasm" ? await runNode([`${copy}/scripts/wasm/build.ts`]) : { failure: "", output: "" };
  if (built.failure !== "") return `build: ${built.failure}`;
  const worker = fileURLToPath(new URL("mutation-worker.ts", import.meta.url));
  const { failure, output } = await runNode([worker, `${copy}/${sources}`, backend, op]);
  return failure !== "" ? failure : output.trim();
}

function runNode(args: readonly string[]): Promise<{ readonly failure: string; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...softwareVulkan(), NODE_COMPILE_CACHE: `${sandbox}/compiled` },
    });
    let output = "";
    let errors = "";
    let late = false;
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, TIMEOUT_MS);
    child.on("close", (code) => {
      clearTimeout(timer);
      const crash = `crash: ${errors.split("\n").find((line) => line.includes("Error")) ?? `exit code ${code}`}`;
      resolve({ failure: late ? "timeout" : code === 0 ? "" : crash, output });
    });
  });
}

function makeCopy(name: string): string {
  const copy = `${sandbox}/${name}`;
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const folder of [sources, "scripts/wasm"])
    cpSync(root + folder, `${copy}/${folder}`, {
      recursive: true,
      filter: (path) => !/\.test\.ts$|\/backends\/gpujs$/.test(path),
    });
  return copy;
}

async function plant(copy: string, mutant: Planted): Promise<MutantResult> {
  const { id, backend, file, find, replace, op, survives } = mutant;
  const original = sourceOf(file);
  // A function, so that a `$` in the replacement stands for itself.
  writeFileSync(
    `${copy}/${sources}/${file}`,
    original.replace(find, () => replace),
  );
  const failed = await runSuite(copy, backend, op);
  writeFileSync(`${copy}/${sources}/${file}`, original);
  return { id, backend, find, replace, killed: failed !== "", by: failed || (survives ?? "no reason given") };
}

const jobs = Math.max(1, Number(values.jobs));
const copies = Array.from({ length: jobs }, (_, job) => makeCopy(`job-${job}`));

for (const backend of new Set(chosen.map((mutant) => mutant.backend))) {
  const failed = await runSuite(copies[0] ?? "", backend, "copy");
  if (failed !== "") throw new Error(`${backend} fails without any bug planted: ${failed}`);
}

const results = new Map<string, MutantResult>();
const queue = [...chosen];
await Promise.all(
  copies.map(async (copy) => {
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      const result = await plant(copy, mutant);
      results.set(result.id, result);
      outcomes.set(result.id, result);
      writeFileSync(outcomesFile, JSON.stringify([...outcomes.values()], null, 2));
      if (!result.killed) console.log(`SURVIVES  ${result.id}: ${result.by}`);
      if (results.size % 20 === 0) console.log(`${results.size} of ${chosen.length}`);
    }
  }),
);
rmSync(sandbox, { recursive: true, force: true });

const mutants = chosen.flatMap(({ id }) => results.get(id) ?? []);
const killed = mutants.filter((mutant) => mutant.killed).length;
console.log(`\n${killed} of ${mutants.length} bugs found (${((100 * killed) / mutants.length).toFixed(1)} %)`);

const unexplained = chosen.filter(({ id, survives }) => results.get(id)?.killed === false && !survives);
const found = chosen.filter(({ id, survives }) => survives && results.get(id)?.killed);
for (const { id } of found) console.error(`${id} is found: remove its reason to survive`);
if (unexplained.length > 0 || found.length > 0 || killed / mutants.length < REQUIRED) process.exitCode = 1;

await writeReport();

/** Writes what is known of every bug: a run of some of them replaces their entries and leaves the others'. */
async function writeReport(): Promise<void> {
  const known = all.flatMap(({ id }) => outcomes.get(id) ?? []);
  const report: MutationReport = {
    ...{ runs: DEFAULT_RUNS, seed: DEFAULT_SEED, listed: countsOf(all), planted: known.length },
    killed: known.filter((mutant) => mutant.killed).length,
    mutants: known,
  };
  writeFileSync(reportFile, await format(JSON.stringify(report), { parser: "json", printWidth: 120 }));
  console.log(
    `wrote docs/conformance-mutation.json; ${all.length - known.length} of ${all.length} bugs were never run`,
  );
}

function countsOf(mutants: readonly Planted[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { backend } of mutants) counts[backend] = (counts[backend] ?? 0) + 1;
  return counts;
}
