/**
 * `npm run soak -- mutation-above [--area rope] [--id substring] [--jobs 1] [--whole]`: plants bugs in nn and helium, one
 * at a time, and runs the tests of their area on each. The outcomes go into docs/mutation-above-kernels.json.
 *
 * `--whole` runs every test of both packages on those that the tests of the area do not find.
 */
import { fork, type ChildProcess } from "node:child_process";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
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
    whole: { type: "boolean", default: false },
  },
});

interface Planted extends PlantedBug {
  readonly area: string;
  readonly tests: readonly string[];
}

const all: readonly Planted[] = areas.flatMap(({ name, tests, bugs }) =>
  bugs.map((bug) => ({ ...bug, area: name, tests })),
);
const chosen = all.filter(({ area, id }) => (values.area ?? area) === area && id.includes(values.id ?? ""));
if (chosen.length === 0) throw new Error("no bug matches --area and --id");
const stale = staleBugs(root, all);
if (stale.length > 0) throw new Error(`bugs whose text does not occur exactly once any more:\n${stale.join("\n")}`);

/** Those that need a browser, a network or another process, where nothing is planted, are left out. */
const everyTest = globSync("packages/{nn,helium}/{src,test}/**/*.test.ts", { cwd: root })
  .filter((file) => !/(browser|gpujs|processes|python|cli-process|readme)/.test(file))
  .sort();

/** A process that keeps vitest warm; one that hangs is killed and replaced. */
class Worker {
  #child: ChildProcess | null = null;

  /** The first failure, "" where all pass. */
  async run(task: MutationTask): Promise<string> {
    this.#child ??= await start();
    const child = this.#child;
    child.send(task);
    const answer = await answerOf(child, Number(values.seconds) * 1000);
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
  if ((await answerOf(child, 300_000)) === null) throw new Error("vitest does not start");
  return child;
}

/** Null when none comes in time, or the process ends. */
function answerOf(child: ChildProcess, ms: number): Promise<MutationAnswer | null> {
  return new Promise((resolve) => {
    const done = (answer: MutationAnswer | null): void => {
      clearTimeout(timer);
      child.off("message", onMessage);
      child.off("exit", onExit);
      resolve(answer);
    };
    const onMessage = (answer: unknown): void => done(answer as MutationAnswer);
    const onExit = (): void => done(null);
    const timer = setTimeout(onExit, ms);
    child.on("message", onMessage);
    child.on("exit", onExit);
  });
}

async function plant(worker: Worker, planted: Planted): Promise<AboveResult> {
  const { id, area, file, find, replace, tests, survives } = planted;
  const bug = { file, find, replace };
  let failed = await worker.run({ tests, bug });
  if (failed === "" && values.whole)
    failed = await worker.run({ tests: everyTest.filter((test) => !tests.includes(test)), bug });
  return { id, area, find, replace, killed: failed !== "", by: failed || (survives ?? "no reason given") };
}

const workers = Array.from({ length: Math.max(1, Number(values.jobs)) }, () => new Worker());
const results = new Map<string, AboveResult>();
try {
  const [first] = workers;
  for (const { name, tests } of areas) {
    if (!chosen.some(({ area }) => area === name)) continue;
    const started = performance.now();
    const failed = (await first?.run({ tests, bug: null })) ?? "";
    if (failed !== "") throw new Error(`${name} fails without any bug planted: ${failed}`);
    console.log(`${name}: its tests pass in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
  const queue = [...chosen];
  await Promise.all(
    workers.map(async (worker) => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const result = await plant(worker, next);
        results.set(result.id, result);
        if (!result.killed) console.log(`SURVIVES  ${result.id}: ${result.by}`);
        if (results.size % 20 === 0) console.log(`${results.size} of ${chosen.length}`);
      }
    }),
  );
} finally {
  for (const worker of workers) worker.stop();
}

const killed = [...results.values()].filter((result) => result.killed).length;
console.log(`\n${killed} of ${results.size} bugs found (${((100 * killed) / results.size).toFixed(1)} %)`);
const unexplained = chosen.filter(({ id, survives }) => results.get(id)?.killed === false && !survives);
const found = chosen.filter(({ id, survives }) => survives && results.get(id)?.killed);
for (const { id } of found) console.error(`${id} is found: remove its reason to survive`);
if (unexplained.length > 0 || found.length > 0 || killed / results.size < REQUIRED) process.exitCode = 1;
await writeReport();

/** Writes what is known of every bug: a run of some of them replaces their entries and leaves the others'. */
async function writeReport(): Promise<void> {
  const earlier = existsSync(report) ? (JSON.parse(readFileSync(report, "utf8")) as AboveReport).bugs : [];
  // A bug that was changed since is a new one.
  const isSame = (result: AboveResult): boolean =>
    all.some(({ id, find, replace }) => id === result.id && find === result.find && replace === result.replace);
  for (const result of earlier) if (!results.has(result.id) && isSame(result)) results.set(result.id, result);
  const bugs = all.flatMap(({ id }) => results.get(id) ?? []);
  if (bugs.length < all.length) console.log(`${all.length - bugs.length} bugs were never run`);
  const text: AboveReport = { planted: bugs.length, killed: bugs.filter((bug) => bug.killed).length, bugs };
  writeFileSync(report, await format(JSON.stringify(text), { parser: "json", printWidth: 120 }));
  console.log("wrote docs/mutation-above-kernels.json");
}
