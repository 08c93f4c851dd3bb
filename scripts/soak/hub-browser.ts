/**
 * `npm run soak -- hub-browser [--runs 100] [--tests "goes on|keeps"]`: every test of the hub in Chromium so many times in
 * one browser, whose storage is empty before each: what hangs on the order of two pages shows once in a while only.
 * docs/hub-browser-soak.json has the last run of each choice of tests.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { format } from "prettier";

interface TestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

interface SoakRun {
  readonly date: string;
  readonly node: string;
  /** Times that each test ran. */
  readonly runs: number;
  readonly tests: readonly string[];
  /** Tests that failed at least once. */
  readonly failed: readonly string[];
  readonly seconds: number;
}

const { values } = parseArgs({
  options: { runs: { type: "string", default: "100" }, tests: { type: "string", default: "" } },
});
const runs = Number(values.runs);
if (!Number.isSafeInteger(runs) || runs < 1) throw new Error(`--runs: ${values.runs}; expected a whole number from 1`);

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "hub-browser-"));
const report = join(folder, "report.json");
const started = performance.now();
// The limit of time holds for all repetitions of a test together.
spawnSync(
  process.execPath,
  [
    ...[join(root, "node_modules/vitest/vitest.mjs"), "run", "packages/helium/test/hub/browser.test.ts"],
    ...["--repeats", String(runs - 1), "--testTimeout", String(600_000 + runs * 60_000)],
    ...["--reporter", "default", "--reporter", "json", "--outputFile.json", report],
    ...(values.tests ? ["-t", values.tests] : []),
  ],
  { cwd: root, stdio: "inherit" },
);
const results = (JSON.parse(readFileSync(report, "utf8")) as TestReport).testResults.flatMap(
  ({ assertionResults }) => assertionResults,
);
rmSync(folder, { recursive: true });
const titles = (status: string): string[] => results.filter((one) => one.status === status).map(({ title }) => title);
const failed = titles("failed");
const run: SoakRun = {
  date: new Date().toISOString().slice(0, 10),
  node: process.versions.node,
  runs,
  tests: [...titles("passed"), ...failed],
  failed,
  seconds: Math.round((performance.now() - started) / 1000),
};
if (run.tests.length === 0) throw new Error("no test ran; is there a Chromium, and a test of that name?");
if (failed.length > 0) process.exitCode = 1;

const file = new URL("../../docs/hub-browser-soak.json", import.meta.url);
const earlier = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as SoakRun[]) : [];
const others = earlier.filter(({ tests }) => tests.join() !== run.tests.join());
writeFileSync(file, await format(JSON.stringify([...others, run]), { parser: "json", printWidth: 120 }));
