/**
 * `npm run conformance -- [--runs 5000] [--seed 7] [--backend cpu] [--op matmul] [--dtype f32] [--check value] [--record]`: the
 * conformance suite without a test runner. A run over everything rewrites docs/conformance.md and docs/conformance.json.
 * `--page` rewrites the page alone, from what is on disk; `--record` keeps a long run in docs/conformance-long.json.
 * webgpu and the modes of gpujs that need a browser run in Chromium where there is one, with their own number of calls unless
 * they are named.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { format } from "prettier";
import type { CheckName, Selection } from "../packages/tensor/src/conformance/index.ts";
import type { CaseOp } from "../packages/tensor/src/conformance/case.ts";
import type { BackendReport } from "../packages/tensor/src/conformance/report.ts";
import type { RunListener } from "../packages/tensor/src/conformance/run-conformance.ts";
import type { DType } from "../packages/tensor/src/dtypes/dtype.ts";
import { findChromium, needsChromium } from "../testing/browser/chromium.ts";
import { recordLongRun } from "./soak/long-runs.ts";
import "./workspace-sources.ts";

const { runConformance } = await import("../packages/tensor/src/conformance/run-conformance.ts");
const { conformanceBackends } = await import("../testing/conformance/node-backends.ts");
const { conformancePages, runInPage } = await import("../testing/conformance/page-runner.ts");
const { conformancePage, reportsOnDisk } = await import("./tables/conformance-page.ts");

const docs = new URL("../docs/", import.meta.url);

const { values } = parseArgs({
  options: {
    runs: { type: "string" },
    seed: { type: "string" },
    backend: { type: "string", multiple: true },
    op: { type: "string" },
    dtype: { type: "string" },
    variant: { type: "string" },
    check: { type: "string" },
    record: { type: "boolean" },
    page: { type: "boolean" },
  },
});

if (values.page) {
  await writePage(reportsOnDisk());
  process.exit(0);
}

const numberOf = (flag: "runs" | "seed"): number | undefined => {
  const text = values[flag];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`--${flag}: ${JSON.stringify(text)}; expected a whole number`);
  return value;
};

const pages = Object.keys(conformancePages);
const known = [...Object.keys(conformanceBackends), ...pages];
const leftOut = findChromium() === null ? pages : [];
const names = values.backend ?? known.filter((name) => !leftOut.includes(name));
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) throw new Error(`--backend: unknown ${unknown.join(", ")}; known: ${known.join(", ")}`);
if (leftOut.some((name) => names.includes(name))) throw new Error(`--backend: ${leftOut.join(", ")}: ${needsChromium}`);
if (!values.backend && leftOut.length > 0) console.log(`left out: ${leftOut.join(", ")}: ${needsChromium}`);

// The suite itself says what exists: a selection that matches nothing ends the run below.
const only: Selection = {
  ...(values.op && { op: values.op as CaseOp }),
  ...(values.dtype && { dtype: values.dtype as DType }),
  ...(values.variant && { variant: values.variant }),
  ...(values.check && { check: values.check as CheckName }),
};
const [runs, seed] = [numberOf("runs"), numberOf("seed")];

async function reportOf(name: string, onOutcome: NonNullable<RunListener["onOutcome"]>): Promise<BackendReport> {
  const mode = conformancePages[name];
  const chosen = {
    only,
    ...(runs !== undefined && (!mode || values.backend) && { runs }),
    ...(seed !== undefined && { seed }),
  };
  if (mode) return runInPage({ ...chosen, mode }, onOutcome);
  const options = conformanceBackends[name as keyof typeof conformanceBackends];
  return (await runConformance({ ...options, ...chosen }, { onOutcome })).report;
}

const reports: BackendReport[] = [];
for (const name of names) {
  const started = performance.now();
  let done = 0;
  const report = await reportOf(name, ({ status, message }) => {
    done += 1;
    if (status === "failed") console.error(`\n${message}`);
    if (process.stderr.isTTY) process.stderr.write(`\r${name}: ${done} tests`);
  });
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(
    `${name}: ${report.passed} passed, ${report.failed} failed, ${report.skipped} skipped in ${seconds} s ` +
      `(${report.runs} drawn calls per test, seed ${report.seed})`,
  );
  if (report.passed + report.failed + report.skipped === 0) throw new Error("the selection matches no test");
  reports.push(report);
  if (values.record) await recordLongRun(report, seconds, values.op);
}

const failed = reports.some((report) => report.failed > 0);
if (failed) process.exitCode = 1;
else if (!values.backend && Object.keys(only).length === 0) await writeDocs(reports);
else if (values.record) await writePage(reportsOnDisk());

async function writeDocs(of: readonly BackendReport[]): Promise<void> {
  await writePage(of);
  const json = JSON.stringify(of);
  writeFileSync(new URL("conformance.json", docs), await format(json, { parser: "json", printWidth: 120 }));
  console.log("wrote docs/conformance.md and docs/conformance.json");
}

async function writePage(of: readonly BackendReport[]): Promise<void> {
  writeFileSync(new URL("conformance.md", docs), await conformancePage(of));
}
