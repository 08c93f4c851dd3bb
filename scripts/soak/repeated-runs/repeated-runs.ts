// npm run soak -- repeated-runs [--times 20] [--full] [--together 1] [--busy 0] [--pauses 0] [--record] [files]: the tests again
// and again, so that what is red by chance shows.
//   --full        the form of CI; without it the short one
//   --together N  N runs at once, each in a clone of the last commit, so that each keeps the cores of the others busy
//   --busy N      while N other programs keep a core busy each
//   --pauses MS   while the processes of the tests are stopped now and then, for MS ms at most (pause-processes.ts)
//   --record      keeps each run in docs/repeated-runs.json, where runs of several sessions add up
//   files         only these test files or folders; such runs are not recorded
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { cloneRepository } from "./clone-repository.ts";
import { type RunResult, runTests } from "./run-tests-once.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const record = join(root, "docs/repeated-runs.json");
const pauser = fileURLToPath(new URL("pause-processes.ts", import.meta.url));

interface RecordedRun extends RunResult {
  readonly date: string;
  readonly commit: string;
  readonly form: "short" | "full";
  /** Cores that other programs kept busy. */
  readonly busy: number;
  /** Runs that went at once, this one among them; absent: it was alone. */
  readonly together?: number;
  /** For how long at most processes of the tests were stopped now and then, in ms; absent: they were not. */
  readonly pauses?: number;
}

const commitOf = (folder: string): string =>
  execFileSync("git", ["rev-parse", "--short=12", "HEAD"], { cwd: folder, encoding: "utf8" }).trim();

/** Programs that run until this process exits; they may clean up. */
function runBeside(programs: readonly (readonly string[])[]): void {
  const children = programs.map((args) => spawn(process.execPath, args, { stdio: "ignore" }));
  children.forEach((child) => child.unref());
  process.once("exit", () => children.forEach((child) => child.kill()));
}

const earlier = (): readonly RecordedRun[] =>
  existsSync(record) ? (JSON.parse(readFileSync(record, "utf8")) as readonly RecordedRun[]) : [];

const { values, positionals: files } = parseArgs({
  allowPositionals: true,
  options: {
    times: { type: "string", default: "20" },
    full: { type: "boolean", default: false },
    together: { type: "string", default: "1" },
    busy: { type: "string", default: "0" },
    pauses: { type: "string", default: "0" },
    record: { type: "boolean", default: false },
  },
});
const form = values.full ? "full" : "short";
const [times, together] = [Number(values.times), Number(values.together)];
const [busy, pauses] = [Number(values.busy), Number(values.pauses)];

// What runs and what was cloned goes at exit.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

const roots = together > 1 ? Array.from({ length: together }, () => cloneRepository(root)) : [root];
runBeside([
  ...Array.from({ length: busy }, () => ["-e", "for (;;);"]),
  ...(pauses > 0 ? [[pauser, String(process.pid), String(pauses)]] : []),
]);
for (let done = 0; done < times;) {
  const commit = commitOf(roots[0] ?? root);
  const ran = await Promise.all(roots.slice(0, times - done).map((folder) => runTests(folder, form, files)));
  const date = new Date().toISOString().slice(0, 10);
  for (const run of ran) {
    console.log(`${++done} of ${times}: ${run.passed} passed, ${run.failures.length} failed, ${run.seconds} s`);
    for (const failure of run.failures) console.log(`  ${failure}`);
    if (run.failures.length > 0) process.exitCode = 1;
  }
  if (!values.record || files.length > 0) continue;
  const setting = { date, commit, form, busy, ...(ran.length > 1 && { together: ran.length }) } as const;
  const runs = ran.map((run): RecordedRun => ({ ...setting, ...(pauses > 0 && { pauses }), ...run }));
  writeFileSync(record, await format(JSON.stringify([...earlier(), ...runs]), { parser: "json", printWidth: 120 }));
}
