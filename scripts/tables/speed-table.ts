/**
 * `node scripts/tables/speed-table.ts [--check]`: writes docs/benchmarks.md, and the table between the marks in README.md, from
 * benchmarks/results/*.json; or says whether they are up to date.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { format, resolveConfig } from "prettier";
import { bars, Reports, type Bar } from "../../benchmarks/bars.ts";
import { FormatsTable } from "../../benchmarks/formats-table.ts";
import { digits, QUIET, type Report, type Result } from "../../benchmarks/report.ts";

const root = new URL("../../", import.meta.url);
const folder = new URL("benchmarks/results/", root);
const [begin, end] = ["<!-- speed:begin -->", "<!-- speed:end -->"];

/** Reports of the contests; the others hold rows beside naive loops, or what agrees with llama.cpp. */
const all = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Report)
  .filter(({ results }) => Array.isArray(results) && results.every((result) => "contender" in result));
const reports = new Reports(all);

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

const show = (value: number, unit: Bar["unit"]): string =>
  unit === "%" ? `${(100 * value).toFixed(0)} %` : unit === "ms" ? `${value.toFixed(3)} ms` : `${digits(value)}×`;

function verdict({
  benchmark,
  measured,
  limit,
  atMost,
  unit,
}: Bar): readonly [bar: string, found: string, met: string] {
  const value = measured(reports);
  const bar = `${atMost ? "≤" : "≥"} ${unit === "ms" ? `${limit} ms` : show(limit, unit)}`;
  if (value === undefined) return [bar, "–", "not measured"];
  const met = (atMost ? value <= limit : value >= limit) ? "met" : "**missed**";
  return [bar, show(value, unit), (reports.get(benchmark)?.busyCores ?? 0) > QUIET ? "(busy machine)" : met];
}

/** The measured figure as a share of its bar: below 1 it is missed. */
function reached({ measured, limit, atMost }: Bar): number {
  const value = measured(reports);
  if (value === undefined) return 0;
  return atMost ? limit / value : value / limit;
}

const barTable = table(
  ["what", "against", "bar", "measured", ""],
  [...bars]
    .sort((a, b) => reached(a) - reached(b))
    .map((bar) => {
      const [limit, found, met] = verdict(bar);
      return [bar.what, bar.against, limit, found, met];
    }),
);

const formatsReport = reports.get("formats");
const formats = formatsReport && new FormatsTable(formatsReport);

/** Each file and engine beside native on the same file; empty before the first whole run. */
const formatTable = (kind: "overview" | "details"): string => {
  if (formats === undefined) return "";
  const { header, rows } = formats[kind]();
  const busy = (formatsReport?.busyCores ?? 0) > QUIET ? " The machine was busy: the figures say little." : "";
  return `${formats.summary}${busy}\n\n${table(header, rows)}`;
};

function notesOf({ date, machine, busyCores, readSweep, versions, missing }: Report): string {
  const { cpu, cores, memoryGiB, node, v8, commit } = machine;
  const named = Object.entries(versions).map(([contender, version]) => `${contender} = ${version}`);
  const notes = [
    `${date.slice(0, 10)}, ${cpu}, ${cores} cores, ${memoryGiB} GiB, Node ${node} (V8 ${v8}), commit ${commit ?? "none"}, ${busyCores} cores busy with other programs at the start.`,
    readSweep &&
      `Read sweep: ${digits(readSweep.oneThread)} GB/s by one thread, ${digits(readSweep.twoThreads)} GB/s by two.`,
    named.length > 0 && `${named.join("; ")}.`,
    ...missing.map(({ contender, reason }) => `Missing: ${contender} (${reason}).`),
  ];
  return notes.filter((note) => typeof note === "string").join("\n");
}

function section(report: Report): string {
  const { benchmark, peakBytes, results } = report;
  const tests = [...new Set(results.map(({ test }) => test))];
  const lines = tests.flatMap((test) => {
    const rows = results.filter((result) => result.test === test);
    const own = rows.find(({ contender }) => contender.startsWith("helium-lm"));
    return rows.map((row) => [test, row.contender, ...figures(row), own && own !== row ? ratioTo(own, row) : ""]);
  });
  const memory = Object.entries(peakBytes ?? {}).map(([contender, bytes]) => [contender, (bytes / 1e9).toFixed(2)]);
  return [
    `## ${benchmark}`,
    notesOf(report),
    table(["test", "contender", "best", "median", "GB/s", "of the sweep", "ours"], lines),
    memory.length > 0 ? table(["most memory resident", "GB"], memory) : "",
  ].join("\n\n");
}

function figures({ unit, best, median, gbPerSecond, shareOfSweep }: Result): string[] {
  const rate = gbPerSecond === undefined ? "" : digits(gbPerSecond);
  const share = shareOfSweep === undefined ? "" : `${(100 * shareOfSweep).toFixed(0)} %`;
  return [`${digits(best)} ${unit}`, digits(median), rate, share];
}

function ratioTo(own: Result, { best, unit }: Result): string {
  return `${digits(unit === "ms" ? best / own.best : own.best / best)}×`;
}

const page = `# Benchmarks

<!-- Written by scripts/tables/speed-table.ts from benchmarks/results; run the benchmarks and the script again instead. -->

\`npm run bench -- install-peers\` fetches the peers once; \`npm run bench -- speed\` measures and writes this page.
All contenders of a test run in turn on the same file, with two threads where none are named; "ours" says how many times as
fast our engine was. Machines differ: the ratios are what counts. Wide code is what V8 makes when it may pair 128-bit
operations into 256-bit ones, plain code what a page gets. Peers below 5 tokens a second read 16 tokens, take 8 steps and
have 3 runs; the others have 5, older Nodes 2.

SmolLM2's files are the Q4_1 file that a Python package ships, quantised again by llama.cpp; the other models have random
weights in the shapes of models that people download. One row alone, measured in a minute and not saved:
\`npm run bench -- formats --only SmolLM2/Q4_0 --node 24 --codegen wide,plain --test prefill --rounds 3\`; on a busy
machine \`--threads 1 --clock processor\` says more.

${formatsReport ? `## Formats\n\n${notesOf(formatsReport)}\n\n${formatTable("details")}` : ""}

## Bars

${barTable}

${all
  .filter((report) => report !== formatsReport)
  .map(section)
  .join("\n\n")}
`;

const readmePath = new URL("README.md", root);
const readme = readFileSync(readmePath, "utf8");
const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
const speeds = `${begin}\n\n${formatTable("overview")}\n\n${barTable}\n\n[All figures](docs/benchmarks.md), with the machine and the versions.\n\n${end}`;
const files: [URL, string][] = [[new URL("docs/benchmarks.md", root), page]];
if (from >= 0 && to > from) files.push([readmePath, readme.slice(0, from) + speeds + readme.slice(to + end.length)]);

const { check } = parseArgs({ options: { check: { type: "boolean", default: false } } }).values;
for (const [path, text] of files) {
  const formatted = await format(text, { ...(await resolveConfig(path)), parser: "markdown" });
  if (!check) writeFileSync(path, formatted);
  else if (readFileSync(path, "utf8") !== formatted) {
    console.error(
      `${path.pathname.slice(root.pathname.length)} is not up to date; run node scripts/tables/speed-table.ts`,
    );
    process.exitCode = 1;
  }
}
