/**
 * `npm run soak -- parity --python .venv/bin/python [--seeds 1,2,3,4,5] [--configs 4] [--backend cpu] [--family helium]`:
 * random models of every family and head beside transformers. scripts/reference/random_models.py makes them, and says what
 * that Python needs. A run of all families and backends writes docs/parity-soak.json and docs/parity.md.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { format } from "prettier";
import "../workspace-sources.ts";
import type { Comparison } from "../transformers-parity/compare-model.ts";
import { readCases, type ReferenceModel } from "../transformers-parity/reference-cases.ts";

const { createBackend } = await import("../../packages/tensor/src/index.ts");
const { compareModel } = await import("../transformers-parity/compare-model.ts");
const { SoakTally } = await import("../transformers-parity/summary.ts");
const { writeParityPage } = await import("../transformers-parity/page.ts");

const every = ["reference", "cpu", "wasm"];
const { values } = parseArgs({
  options: {
    python: { type: "string", default: ".venv/bin/python" },
    seeds: { type: "string", default: "1,2,3,4,5" },
    configs: { type: "string", default: "4" },
    backend: { type: "string", multiple: true, default: every },
    family: { type: "string", multiple: true, default: [] },
    /** Folder that keeps models and comparisons per seed, and where those that are there are used again. */
    cases: { type: "string" },
  },
});
const root = values.cases ?? mkdtempSync(join(tmpdir(), "parity-"));
const tally = new SoakTally(values.backend);

for (const seed of values.seeds.split(",").map(Number)) {
  const folder = join(root, `seed-${seed}`);
  if (!existsSync(join(folder, "cases.json"))) makeCases(seed, folder);
  const cases = readCases(folder);
  tally.addSeed(cases);
  for (const name of values.backend) {
    const started = performance.now();
    const compared = await comparisonsOf(folder, cases.models, name);
    cases.models.forEach((model, i) => {
      for (const comparison of compared[i] ?? []) tally.add(seed, model, name, comparison);
    });
    console.log(`seed ${seed} on ${name}: ${cases.models.length} models, ${seconds(started)} s`);
  }
  await keep();
}
if (values.cases === undefined) rmSync(root, { recursive: true });

for (const { model, seed, backend, dtype, variant, difference, ratio, error } of tally.unexplained)
  console.error(
    `unexplained: seed ${seed} ${model} ${dtype} ${variant} on ${backend}: ${error ?? `${difference}, ${ratio?.toFixed(1)} × the limit`}`,
  );
if (tally.unexplained.length > 0) process.exitCode = 1;

const summary = tally.summary();
console.log(
  `${summary.comparisons} comparisons of ${summary.models} models; explained ${JSON.stringify(summary.explained)}, unexplained ${summary.unexplained.length}`,
);
/** Comparisons of each model; those of an earlier run on the same cases are read again, so that a text is changed at no cost. */
async function comparisonsOf(folder: string, models: readonly ReferenceModel[], name: string): Promise<Comparison[][]> {
  const file = join(folder, `comparisons-${name}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as Comparison[][];
  const backend = await createBackend(name);
  const compared: Comparison[][] = [];
  for (const model of models) compared.push(await compareModel(folder, model, backend));
  backend.dispose();
  writeFileSync(file, JSON.stringify(compared));
  return compared;
}

/** Writes what there is after each seed: a long run may be ended early. */
async function keep(): Promise<void> {
  if (values.family.length > 0 || !every.every((name) => values.backend.includes(name))) return;
  const file = new URL("../../docs/parity-soak.json", import.meta.url);
  writeFileSync(file, await format(JSON.stringify(tally.summary()), { parser: "json", printWidth: 120 }));
  await writeParityPage();
}

function makeCases(seed: number, out: string): void {
  const script = new URL("../reference/random_models.py", import.meta.url).pathname;
  const families = values.family.flatMap((family) => ["--family", family]);
  const args = [script, "--seed", String(seed), "--configs", values.configs, "--out", out, ...families];
  execFileSync(values.python, args, { stdio: "inherit" });
}

function seconds(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(1);
}
