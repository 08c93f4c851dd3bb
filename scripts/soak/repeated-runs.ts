// npm run soak -- repeated-runs [--times 20] [--full] [--busy 0] [--record]: the tests again and again, so that what is red by
// chance shows.
//   --full    the form of CI; without it the short one
//   --busy N  while N other programs keep a core busy each
//   --record  keeps each run in docs/repeated-runs.json, where runs of several sessions add up
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, stripVTControlCharacters } from "node:util";
import { format } from "prettier";

const root = fileURLToPath(new URL("../../", import.meta.url));
const file = join(root, "docs/repeated-runs.json");

interface TestRun {
  readonly date: string;
  readonly commit: string;
  readonly form: "short" | "full";
  /** Cores that other programs kept busy. */
  readonly busy: number;
  readonly seconds: number;
  readonly passed: number;
  /** Names of the tests that failed, with what they said, or of the files that did not load. */
  readonly failures: readonly string[];
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

function runOnce(form: TestRun["form"], busy: number): TestRun {
  const folder = mkdtempSync(join(tmpdir(), "helium-runs-"));
  const report = join(folder, "vitest.json");
  const start = performance.now();
  try {
    const flags = form === "full" ? ["--full"] : [];
    const args = ["scripts/tests/run-tests.ts", ...flags, "--reporter=json", `--outputFile=${report}`];
    spawnSync(process.execPath, args, { cwd: root, stdio: "ignore" });
    const { numPassedTests: passed, testResults } = JSON.parse(readFileSync(report, "utf8")) as VitestReport;
    const failures = testResults
      .filter(({ status }) => status === "failed")
      .flatMap(({ name, assertionResults }) => {
        const failed = assertionResults.filter(({ status }) => status === "failed");
        const path = name.slice(root.length);
        const said = ([message = ""]: readonly string[]): string =>
          stripVTControlCharacters(message).split("\n")[0] ?? "";
        return failed.length === 0
          ? [path]
          : failed.map(({ fullName, failureMessages }) => `${path}: ${fullName}: ${said(failureMessages)}`);
      });
    const seconds = Math.round((performance.now() - start) / 1000);
    return { date: new Date().toISOString().slice(0, 10), commit: commitNow(), form, busy, seconds, passed, failures };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const commitNow = (): string =>
  execFileSync("git", ["rev-parse", "--short=12", "HEAD"], { cwd: root, encoding: "utf8" }).trim();

/** Keeps cores busy until it is disposed. */
function keepBusy(cores: number): Disposable {
  const children = Array.from({ length: cores }, () =>
    spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }),
  );
  return { [Symbol.dispose]: () => children.forEach((child) => child.kill("SIGKILL")) };
}

const earlier = (): readonly TestRun[] =>
  existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as readonly TestRun[]) : [];

const { times, full, busy, record } = parseArgs({
  options: {
    times: { type: "string", default: "20" },
    full: { type: "boolean", default: false },
    busy: { type: "string", default: "0" },
    record: { type: "boolean", default: false },
  },
}).values;

using _cores = keepBusy(Number(busy));
for (let i = 1; i <= Number(times); i++) {
  const run = runOnce(full ? "full" : "short", Number(busy));
  console.log(`${i} of ${times}: ${run.passed} passed, ${run.failures.length} failed, ${run.seconds} s`);
  for (const failure of run.failures) console.log(`  ${failure}`);
  if (run.failures.length > 0) process.exitCode = 1;
  if (record)
    writeFileSync(file, await format(JSON.stringify([...earlier(), run]), { parser: "json", printWidth: 120 }));
}
