/**
 * `npm run soak -- mutation-above [--area rope] [--id substring] [--new] [--jobs 1] [--whole]`: plants bugs in nn and
 * helium, one at a time, and runs the tests of their area on each. The outcomes go into docs/mutation-above-kernels.json.
 *
 * `--new` takes those that have no outcome there yet, or a reason to survive; `--whole` runs every test of both packages
 * on those that the tests of the area do not find.
 */
import { fork, type ChildProcess } from "node:child_process";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { format } from "prettier";
import type { MutationAnswer, MutationTask } from "./mutation-above-worker.ts";
import type { AboveReport, AboveResult } from "./mutation-above-report.ts";
import type { PlantedBug } from "./mutants/above/area.ts";
import { areas } from "./mutants/above/index.ts";
import { staleBugs } from "./mutants/stale-bugs.ts";

/** Share of the planted bugs that the tests must find. */
const REQUIRED = 0.95;

const root = fileURLToPath(new URL("../", import.meta.url));
const report = `${root}docs/mutation-above-kernels.json`;

const { values } = parseArgs({
  options: {
    area: { type: "string" },
    id: { type: "string" },
    jobs: { type: "string", default: "1" },
    seconds: { type: "string", default: "300" },
    new: { type: "boolean", default: false },
    whole: { type: "boolean", default: false },
  },
});

interface Planted extends PlantedBug {
  readonly area: string;
  readonly tests: readonly string[];
}

const all: readonly Planted[] = areas.flatMap(({ name, tests, bugs }) =>
  bugs.map((bug) => ({ ...bug, area: name, tests: nearestFirst(tests, bug.file) })),
);

/** The test beside the source, then those of its folder, then the others. */
function nearestFirst(tests: readonly string[], source: string): readonly string[] {
  const distance = (test: string): number =>
    test === source.replace(/\.ts$/, ".test.ts") ? 0 : dirname(test) === dirname(source) ? 1 : 2;
  return tests.toSorted((a, b) => distance(a) - distance(b));
}
const earlier = existsSync(report) ? (JSON.parse(readFileSync(report, "utf8")) as AboveReport).bugs : [];
/** Outcomes of earlier runs, unless the bug was changed since. */
const known = new Map(
  all.flatMap(({ id, area, find, replace }) => {
    const found = earlier.find((one) => one.id === id && one.find === find && one.replace === replace);
    return found ? [[id, { ...found, area }]] : [];
  }),
);
const chosen = all.filter(
  ({ area, id }) =>
    (values.area ?? area) === area && id.includes(values.id ?? "") && (!values.new || known.get(id)?.killed !== true),
);
if (chosen.length === 0) throw new Error("no bug matches --area, --id and --new");
const stale = staleBugs(root, chosen);
if (stale.length > 0) throw new Error(`bugs whose text does not occur exactly once any more:\n${stale.join("\n")}`);

/** Those that need a browser, a network or another process, where nothing is planted, are left out. */
const everyTest = globSync("packages/{nn,helium}/{src,test}/**/*.test.ts", { cwd: root })
  .filter((file) => !/(browser|gpujs|processes|python|cli-process|readme)/.test(file))
  .sort();

/** A process that keeps vitest warm; one that hangs is killed and replaced. */
class Worker {
  #child: ChildProcess | null = null;

  /** The first failure, "" where all pass. */
  async run(task: MutationTask, seconds = Number(values.seconds)): Promise<string> {
    this.#child ??= await start();
    const child = this.#child;
    child.send(task);
    const answer = await answerOf(child, seconds);
    if (answer === null) this.stop();
    return answer?.failed ?? "timeout or crash";
  }

  /** Ends the process and those that vitest started. */
  stop(): void {
    const pid = this.#child?.pid;
    this.#child = null;
    if (pid === undefined) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}

async function start(): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL("mutation-above-worker.ts", import.meta.url)), {
    cwd: root,
    detached: true,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    // Tests of how a terminal is coloured read these.
    env: { ...process.env, VITEST: "true", TEST: "true", NODE_ENV: "test" },
  });
  if ((await answerOf(child, 300)) === null) throw new Error("vitest does not start");
  return child;
}

/** Null when none comes in time, or the process ends. Seconds are counted: none passes while the machine has stopped both. */
function answerOf(child: ChildProcess, seconds: number): Promise<MutationAnswer | null> {
  return new Promise((resolve) => {
    const done = (answer: MutationAnswer | null): void => {
      clearInterval(clock);
      child.off("message", onMessage);
      child.off("exit", onExit);
      resolve(answer);
    };
    const onMessage = (answer: unknown): void => done(answer as MutationAnswer);
    const onExit = (): void => done(null);
    let waited = 0;
    const clock = setInterval(() => {
      if (++waited === seconds) onExit();
    }, 1000);
    child.on("message", onMessage);
    child.on("exit", onExit);
  });
}

/** Test files that every bug of an area meets; the others see what these do not find. */
const FIRST = 3;

/** Runs tests of their area on bugs; gives those that were not found. */
async function pass(bugs: readonly Planted[], testsOf: (bug: Planted) => readonly string[]): Promise<Planted[]> {
  const [first] = workers;
  const needed = [...new Set(bugs.flatMap(testsOf))].filter((test) => !sound.has(test));
  const broken = needed.length === 0 ? "" : ((await first?.run({ tests: needed, bug: null }, Infinity)) ?? "");
  if (broken !== "") throw new Error(`fails without any bug planted: ${broken}`);
  for (const test of needed) sound.add(test);
  const left: Planted[] = [];
  const queue = [...bugs];
  let done = 0;
  await Promise.all(
    workers.map(async (worker) => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const { id, area, file, find, replace, survives } = next;
        const tests = testsOf(next);
        const failed = tests.length === 0 ? "" : await worker.run({ tests, bug: { file, find, replace } });
        if (failed === "") left.push(next);
        const by = failed || (survives ?? "no reason given");
        results.set(id, { id, area, find, replace, killed: failed !== "", by });
        done += 1;
        if (done % 10 === 0) await writeReport(`${done} of ${bugs.length}`);
      }
    }),
  );
  await writeReport(`${bugs.length - left.length} of ${bugs.length} found`);
  return left;
}

const workers = Array.from({ length: Math.max(1, Number(values.jobs)) }, () => new Worker());
const results = new Map<string, AboveResult>();
/** Test files that pass where nothing is planted. */
const sound = new Set<string>();
let survivors: Planted[];
try {
  survivors = await pass(chosen, ({ tests }) => tests.slice(0, FIRST));
  survivors = await pass(survivors, ({ tests }) => tests.slice(FIRST));
  if (values.whole) survivors = await pass(survivors, ({ tests }) => everyTest.filter((test) => !tests.includes(test)));
} finally {
  for (const worker of workers) worker.stop();
}

const killed = chosen.length - survivors.length;
for (const { id, survives } of survivors) console.log(`SURVIVES  ${id}: ${survives ?? "no reason given"}`);
console.log(`\n${killed} of ${chosen.length} bugs found (${((100 * killed) / chosen.length).toFixed(1)} %)`);
const found = chosen.filter(({ id, survives }) => survives && results.get(id)?.killed);
for (const { id } of found) console.error(`${id} is found: remove its reason to survive`);
if (survivors.some(({ survives }) => !survives) || found.length > 0 || killed / chosen.length < REQUIRED)
  process.exitCode = 1;

/** Writes what is known of every bug: a run of some of them replaces their entries and leaves the others'. */
async function writeReport(progress: string): Promise<void> {
  const bugs = all.flatMap(({ id }) => results.get(id) ?? known.get(id) ?? []);
  const text: AboveReport = {
    listed: all.length,
    planted: bugs.length,
    killed: bugs.filter((bug) => bug.killed).length,
    bugs,
  };
  writeFileSync(report, await format(JSON.stringify(text), { parser: "json", printWidth: 120 }));
  console.log(`${progress}; ${all.length - bugs.length} of ${all.length} were never run`);
}
