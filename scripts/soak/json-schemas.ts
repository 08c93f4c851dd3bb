/**
 * `npm run soak -- json-schemas --folder DIR [--every 40] [--workers 1] [--minutes 60] [--write]`: compiles the schemas of a
 * folder of jsonschemabench (`{ schema, tests: [{ valid, data }] }`; or of the variable JSON_SCHEMAS), and walks through their
 * tests byte by byte. Each schema is supported, or refused by a keyword; a test whose label ajv does not share is listed with
 * ajv's reason. `--write` puts the figures into docs/json-schemas.json.
 */
import { readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { format } from "prettier";
import { ajvVerdict } from "./json-schemas-ajv.ts";
import type { SchemaReport } from "./json-schemas-worker.ts";

/** A schema that says nothing for so many seconds hangs. */
const SILENT_SECONDS = 60;

const { values } = parseArgs({
  options: {
    folder: { type: "string", default: process.env.JSON_SCHEMAS ?? "" },
    every: { type: "string", default: "1" },
    workers: { type: "string", default: "1" },
    minutes: { type: "string", default: "1000" },
    write: { type: "boolean", default: false },
  },
});
const { folder } = values;
if (folder === "") throw new Error("--folder: expected the folder with the schemas, or the variable JSON_SCHEMAS");
const files = readdirSync(folder)
  .sort()
  .filter((file, index) => file.endsWith(".json") && index % Number(values.every) === 0);

/** What is not read by then is left out of the figures. */
const deadline = Date.now() + Number(values.minutes) * 60_000;

/** Reads files in a thread, and what is left in another one where a schema hangs or ends it. */
async function reportsOf(all: readonly string[]): Promise<readonly SchemaReport[]> {
  const reports: SchemaReport[] = [];
  for (let left = all; left.length > 0;) {
    const { done, last, reason } = await readSome(left, (report) => reports.push(report));
    if (done === left.length || Date.now() > deadline) break;
    reports.push({
      ...{ file: last, outcome: "crash", message: reason, hasUnknownFormat: false },
      ...{ compileMs: 0, testMs: 0, tests: 0, wrong: [] },
    });
    left = left.slice(left.indexOf(last) + 1);
  }
  return reports;
}

interface Ended {
  readonly done: number;
  readonly last: string;
  readonly reason: string;
}

function readSome(left: readonly string[], tell: (report: SchemaReport) => void): Promise<Ended> {
  return new Promise((resolve) => {
    const workerData = { folder, files: left };
    const worker = new Worker(new URL("json-schemas-worker.ts", import.meta.url), { workerData });
    let [done, last, silent, reason] = [0, left[0] ?? "", 0, "ended"];
    // Counted one by one: while the process is stopped, no second passes.
    const clock = setInterval(() => {
      if (Date.now() > deadline) void worker.terminate();
      if (++silent < SILENT_SECONDS) return;
      reason = `said nothing for ${SILENT_SECONDS} seconds`;
      void worker.terminate();
    }, 1000);
    worker.on("message", (message: { readonly began?: string; readonly report?: SchemaReport }) => {
      silent = 0;
      last = message.began ?? last;
      if (message.report === undefined) return;
      tell(message.report);
      if (++done % 500 === 0) console.log(`${done} of ${left.length}`);
    });
    worker.on("error", (error: Error) => (reason = error.message));
    worker.on("exit", () => {
      clearInterval(clock);
      resolve({ done, last, reason });
    });
  });
}

const workers = Number(values.workers);
const shares = Array.from({ length: workers }, (_, worker) => files.filter((_, index) => index % workers === worker));
const reports = (await Promise.all(shares.map(reportsOf))).flat();

/** Tests that the grammar and the label see differently, with what ajv says of each. */
const disputed = reports.flatMap(({ file, wrong }) =>
  wrong.map((one) => ({ file, ...one, ajv: one.kind === "layout" ? null : ajvVerdict(`${folder}/${file}`, one.test) })),
);
const mislabelled = disputed.filter(({ kind, ajv }) => ajv !== null && ajv.isValid === (kind === "accepted"));
const ours = disputed.filter((one) => !mislabelled.includes(one));
const badFiles = new Set(ours.map(({ file }) => file));
const compiled = reports.filter(({ outcome }) => outcome === "compiled");
const right = compiled.filter(({ file }) => !badFiles.has(file));
const supported = right.filter(({ hasUnknownFormat }) => !hasUnknownFormat);
const percentOf = (count: number): number => Number(((100 * count) / reports.length).toFixed(2));

function countBy(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
}

const times = compiled.map(({ compileMs }) => compileMs).sort((a, b) => a - b);
const at = (share: number): number => Number((times[Math.floor((times.length - 1) * share)] ?? 0).toFixed(1));
const named = (kind: string): string[] =>
  ours.filter((one) => one.kind === kind).map(({ file, test }) => `${file}#${test}`);
const figures = {
  measured:
    "schemas of jsonschemabench; supported: compiled, and every test told rightly in three layouts (compact, Python's, " +
    "indented by 2), with the keys of objects in some order; a label that ajv does not share does not count",
  schemas: reports.length,
  supported: supported.length,
  supportedPercent: percentOf(supported.length),
  supportedWhereUnknownFormatsAreIgnored: right.length,
  supportedWhereUnknownFormatsAreIgnoredPercent: percentOf(right.length),
  tests: compiled.reduce((sum, { tests }) => sum + tests, 0),
  wronglyAccepted: named("accepted"),
  wronglyRefused: [...named("refused"), ...named("layout")],
  refusedByKeyword: countBy(
    reports.flatMap(({ keyword, hasUnknownFormat }) => (hasUnknownFormat ? ["format"] : keyword ? [keyword] : [])),
  ),
  beyondLimits: reports.filter(({ outcome }) => outcome === "limit").map(({ file }) => file),
  withoutValues: reports.filter(({ outcome }) => outcome === "malformed").map(({ file }) => file),
  crashed: reports.filter(({ outcome }) => outcome === "crash").map(({ file, message }) => `${file}: ${message ?? ""}`),
  compileMs: { median: at(0.5), p90: at(0.9), p99: at(0.99), slowest: at(1) },
  mislabelled: mislabelled.map(({ file, test, ajv }) => ({ test: `${file}#${test}`, reason: ajv?.reason ?? "" })),
};
console.log(JSON.stringify({ ...figures, mislabelled: figures.mislabelled.length }, null, 2));
if (values.write) {
  const path = fileURLToPath(new URL("../../docs/json-schemas.json", import.meta.url));
  writeFileSync(path, await format(JSON.stringify(figures), { parser: "json", printWidth: 120 }));
}
