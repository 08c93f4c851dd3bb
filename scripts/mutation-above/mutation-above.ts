import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { format } from "prettier";
import type { PlantedBug } from "../mutants/above/area.ts";
import { areas } from "../mutants/above/index.ts";
import { onceMissed } from "../mutants/above/once-missed.ts";
import { shareFound } from "../mutation/mutation-survivors.ts";
import { staleBugs } from "../mutants/stale-bugs.ts";
import { plant, type Outcome } from "./plant.ts";
import type { AboveReport, AboveResult } from "./report.ts";
import { sampleOf } from "./sample.ts";
import { TestsOf } from "./tests-of.ts";
import { WarmVitest } from "./warm-vitest.ts";

const usage = `npm run soak -- mutation-above [options]

Plants bugs in nn and helium, one at a time, and runs the tests of their area on each, up to the first that fails: first
the test beside the source, then those that import it. A failure counts where the same test passes right after it without
the bug; a run that does not end is tried again with five times the seconds. The outcomes go into
docs/mutation-above-kernels.json, where those of bugs that are not run stay; \`npm run conformance -- --page\` writes them
into docs/conformance.md.

  --area NAME     bugs of one area, or of several: ${areas.map(({ name }) => name).join(", ")}
  --id TEXT       bugs whose name has this text, or one of several
  --sample N      N bugs of each area by a hash of their names, and those that tests once let through; the others are
                  left as they are, and the JSON says how many have no outcome
  --seed S        another sample; 1 if not given
  --new           those without an outcome, and those that were not found
  --whole         every test that loads the source, where those of the area do not find the bug
  --jobs N        side by side; 1 if not given
  --seconds N     for one test file, before it is tried again; 120 if not given`;

/** Share of the planted bugs that the tests must find. */
const REQUIRED = 0.95;

const root = fileURLToPath(new URL("../../", import.meta.url));
const reportFile = `${root}docs/mutation-above-kernels.json`;

const { values } = parseArgs({
  options: {
    area: { type: "string", multiple: true },
    id: { type: "string", multiple: true },
    sample: { type: "string" },
    seed: { type: "string", default: "1" },
    jobs: { type: "string", default: "1" },
    seconds: { type: "string", default: "120" },
    new: { type: "boolean", default: false },
    whole: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}

const numberOf = (flag: "sample" | "seed" | "jobs" | "seconds"): number => {
  const value = Number(values[flag]);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Error(`--${flag}: ${JSON.stringify(values[flag])}; expected a whole number`);
  return value;
};

interface Planted extends PlantedBug {
  readonly area: string;
  readonly tests: readonly string[];
}

const all: readonly Planted[] = areas.flatMap(({ name, tests, bugs }) =>
  bugs.map((bug) => ({ ...bug, area: name, tests })),
);
const earlier = existsSync(reportFile) ? (JSON.parse(readFileSync(reportFile, "utf8")) as AboveReport) : null;
/** Outcomes by name: of earlier runs, unless the bug was changed since, and of this one. */
const outcomes = new Map(
  all.flatMap(({ id, area, find, replace }): readonly (readonly [string, AboveResult])[] => {
    const found = earlier?.bugs.find((one) => one.id === id && one.find === find && one.replace === replace);
    return found ? [[id, { ...found, area }]] : [];
  }),
);

const sample = values.sample === undefined ? null : { perArea: numberOf("sample"), seed: numberOf("seed") };
/** Places in the samples of their areas, by name: a run that is ended early has tried as many of each area. */
const places = new Map(
  areas.flatMap(({ bugs }) => {
    const ids = bugs.map(({ id }) => id);
    return (sample ? sampleOf(ids, sample, onceMissed) : ids).map((id, place) => [id, sample ? place : 0] as const);
  }),
);
const chosen = all
  .filter(
    ({ area, id }) =>
      (values.area ?? [area]).includes(area) &&
      (values.id ?? [""]).some((text) => id.includes(text)) &&
      places.has(id) &&
      (!values.new || outcomes.get(id)?.killed !== true),
  )
  // Those that no test is said to see meet every test: they come last.
  .sort(
    (a, b) =>
      Number(a.survives !== undefined) - Number(b.survives !== undefined) ||
      (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0),
  );
if (chosen.length === 0) throw new Error("no bug matches --area, --id, --sample and --new");
const stale = staleBugs(root, chosen);
if (stale.length > 0) throw new Error(`bugs whose text does not occur exactly once any more:\n${stale.join("\n")}`);

const testsOf = new TestsOf(root);
const seconds = numberOf("seconds");
const queue = [...chosen];
const survivors: Planted[] = [];
let done = 0;
/** Bugs whose tests fail without them too. */
let unsound = 0;
const workers = Array.from({ length: Math.max(1, numberOf("jobs")) }, () => new WarmVitest(root));
try {
  await Promise.all(
    workers.map(async (worker) => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const { id, area, find, replace, survives } = next;
        const started = performance.now();
        const outcome = await tryTests(worker, next).catch((error: unknown) => error as Error);
        done += 1;
        if (outcome instanceof Error) {
          // Nothing is known of this bug: it stays as it was.
          console.error(`${done} of ${chosen.length}: ${id}: ${outcome.message}`);
          unsound += 1;
          continue;
        }
        const { failed, wasLoaded } = outcome;
        if (failed === "") survivors.push(next);
        const by = failed || (survives ?? (wasLoaded ? "no reason given" : "no test that was tried loads it"));
        outcomes.set(id, { id, area, find, replace, killed: failed !== "", by });
        const took = Math.round((performance.now() - started) / 1000);
        console.log(`${done} of ${chosen.length}: ${failed === "" ? "SURVIVES" : "found"}  ${id} (${took} s)`);
        if (done % 5 === 0) await writeReport();
      }
    }),
  );
} finally {
  for (const worker of workers) worker.stop();
  await writeReport();
}

const tried = chosen.length - unsound;
const killed = tried - survivors.length;
for (const { id } of survivors) console.log(`SURVIVES  ${id}: ${outcomes.get(id)?.by ?? ""}`);
console.log(`\n${shareFound(killed, tried)} found`);
console.log(`${all.length - outcomes.size} of ${all.length} listed bugs are unrun`);
const found = chosen.filter(({ id, survives }) => survives && outcomes.get(id)?.killed);
for (const { id } of found) console.error(`${id} is found: remove its reason to survive`);
if (survivors.some(({ survives }) => !survives) || found.length > 0 || unsound > 0 || killed / tried < REQUIRED)
  process.exitCode = 1;

async function tryTests(worker: WarmVitest, bug: Planted): Promise<Outcome> {
  const tests = testsOf.nearestFirst(bug.tests, bug.file);
  const first = await plant(worker, tests, bug, seconds);
  if (first.failed !== "" || !values.whole) return first;
  const others = testsOf.reaching(bug.file).filter((test) => !tests.includes(test));
  const rest = await plant(worker, others, bug, seconds);
  return { failed: rest.failed, wasLoaded: first.wasLoaded || rest.wasLoaded };
}

/** Writes what is known of every bug: a run of some of them replaces their entries and leaves the others'. */
async function writeReport(): Promise<void> {
  const bugs = all.flatMap(({ id }) => outcomes.get(id) ?? []);
  const figuresOf = (listed: number, of: readonly AboveResult[]) => ({
    ...{ listed, planted: of.length, killed: of.filter((bug) => bug.killed).length },
  });
  const text: AboveReport = {
    ...figuresOf(all.length, bugs),
    sample: (values.area || values.id ? null : sample) ?? earlier?.sample ?? null,
    areas: areas.map(({ name, bugs: listed }) => ({
      name,
      ...figuresOf(
        listed.length,
        bugs.filter(({ area }) => area === name),
      ),
    })),
    bugs,
  };
  writeFileSync(reportFile, await format(JSON.stringify(text), { parser: "json", printWidth: 120 }));
}
