// npm run soak -- repeated-runs [--times 20] [--full] [--busy 0] [--pauses 0] [--record] [files]: the tests again and again, so
// that what is red by chance shows.
//   --full       the form of CI; without it the short one
//   --busy N     while N other programs keep a core busy each
//   --pauses MS  while the processes of the tests are stopped now and then, for MS ms at most (pause-processes.ts)
//   --record     keeps each run in docs/repeated-runs.json, where runs of several sessions add up
//   files        only these test files or folders; such runs are not recorded
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, stripVTControlCharacters } from "node:util";
import { format } from "prettier";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const record = join(root, "docs/repeated-runs.json");
const pauser = fileURLToPath(new URL("pause-processes.ts", import.meta.url));

interface TestRun {
  readonly date: string;
  readonly commit: string;
  readonly form: "short" | "full";
  /** Cores that other programs kept busy. */
  readonly busy: number;
  /** For how long at most processes of the tests were stopped now and then, in ms; absent: they were not. */
  readonly pauses?: number;
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

/** Runs the tests once, or only those of some files or folders. */
function runTests(form: TestRun["form"], files: readonly string[]): Pick<TestRun, "seconds" | "passed" | "failures"> {
  const folder = mkdtempSync(join(tmpdir(), "helium-runs-"));
  const report = join(folder, "vitest.json");
  const start = performance.now();
  try {
    const flags = form === "full" ? ["--full"] : [];
    const args = [
      "scripts/tests/run-tests.ts",
      ...flags,
      ...files,
      "--reporter=dot",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ];
    const { status, signal, stderr } = spawnSync(process.execPath, args, {
      ...{ cwd: root, encoding: "utf8", maxBuffer: 2 ** 28 },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const { numPassedTests: passed, testResults } = existsSync(report)
      ? (JSON.parse(readFileSync(report, "utf8")) as VitestReport)
      : { numPassedTests: 0, testResults: [] };
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
    // A crash, or an error that no test caught.
    if (failures.length === 0 && status !== 0)
      failures.push(`ended with ${signal ?? status}: ${stripVTControlCharacters(stderr).trim().slice(0, 1000)}`);
    return { seconds: Math.round((performance.now() - start) / 1000), passed, failures };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const commitNow = (): string =>
  execFileSync("git", ["rev-parse", "--short=12", "HEAD"], { cwd: root, encoding: "utf8" }).trim();

/** Programs that run until they are disposed; they may clean up. */
function runBeside(programs: readonly (readonly string[])[]): Disposable {
  const children = programs.map((args) => spawn(process.execPath, args, { stdio: "ignore" }));
  return { [Symbol.dispose]: () => children.forEach((child) => child.kill()) };
}

const earlier = (): readonly TestRun[] =>
  existsSync(record) ? (JSON.parse(readFileSync(record, "utf8")) as readonly TestRun[]) : [];

const { values, positionals: files } = parseArgs({
  allowPositionals: true,
  options: {
    times: { type: "string", default: "20" },
    full: { type: "boolean", default: false },
    busy: { type: "string", default: "0" },
    pauses: { type: "string", default: "0" },
    record: { type: "boolean", default: false },
  },
});
const form = values.full ? "full" : "short";
const [busy, pauses] = [Number(values.busy), Number(values.pauses)];

using _beside = runBeside([
  ...Array.from({ length: busy }, () => ["-e", "for (;;);"]),
  ...(pauses > 0 ? [[pauser, String(process.pid), values.pauses]] : []),
]);
for (let i = 1; i <= Number(values.times); i++) {
  const commit = commitNow();
  const ran = runTests(form, files);
  console.log(`${i} of ${values.times}: ${ran.passed} passed, ${ran.failures.length} failed, ${ran.seconds} s`);
  for (const failure of ran.failures) console.log(`  ${failure}`);
  if (ran.failures.length > 0) process.exitCode = 1;
  if (!values.record || files.length > 0) continue;
  const date = new Date().toISOString().slice(0, 10);
  const run: TestRun = { date, commit, form, busy, ...(pauses > 0 && { pauses }), ...ran };
  writeFileSync(record, await format(JSON.stringify([...earlier(), run]), { parser: "json", printWidth: 120 }));
}
