import { digits, QUIET } from "../report.ts";
import type { GrammarsReport } from "./grammars.bench.ts";
import type { Agreement } from "./grammar-engine.ts";
import type { Summary, Times } from "./summarise.ts";

/** What is promised, by row. */
const bars: Readonly<Record<string, string>> = {
  "compile, median": "5 ms",
  "mask and step, average": "100 µs",
  "mask and step, p99": "2,000 µs",
  "schemas taken": "80 %",
};

const tokenRows = [
  "average",
  "p25",
  "p50",
  "p75",
  "p90",
  "p95",
  "p99",
  "p99.9",
  "max",
] as const satisfies readonly (keyof Times)[];

/** The table of docs/grammars.md. */
export function grammarsTable({ date, machine, busyCores, versions, missing, summaries }: GrammarsReport): string {
  const rows: (readonly [name: string, of: (summary: Summary) => string])[] = [
    ["schemas", ({ total }) => count(total)],
    ["schemas taken", ({ compiled, total }) => `${count(compiled)} (${percent(compiled / total)})`],
    ["refused with an error", ({ refused }) => count(sum(refused))],
    ["failed: hung, crashed, any other error", ({ failed }) => count(sum(failed))],
    ["valid instances accepted", ({ valid }) => agreement(valid)],
    ["invalid instances refused", ({ invalid }) => agreement(invalid)],
    ["compile, median", ({ compile }) => `${digits(compile.p50)} ms`],
    ["compile, p99", ({ compile }) => `${digits(compile.p99)} ms`],
    ["tokens", ({ token }) => count(token.count)],
    ...tokenRows.map((key): (typeof rows)[number] => [
      `mask and step, ${key}`,
      ({ token }) => `${microseconds(token[key])}`,
    ]),
  ];
  const header = ["", ...summaries.map(({ contender, schemas }) => `${contender}, ${schemas}`), "bar"];
  const lines = [
    header,
    header.map(() => "---"),
    ...rows.map(([name, of]) => [name, ...summaries.map(of), bars[name] ?? ""]),
  ].map((cells) => `| ${cells.join(" | ")} |`);
  const { cpu, cores, node, commit } = machine;
  const notes = [
    `${date.slice(0, 10)}, ${cpu}, ${cores} cores, Node ${node}, commit ${commit ?? "none"}; ${Object.values(versions).join(", ")}.`,
    busyCores > QUIET ? `Other programs kept ${busyCores} cores busy: the times say little.` : "",
    ...missing.map(({ contender, reason }) => `Missing: ${contender} (${reason}).`),
  ];
  return [...lines, "", notes.filter(Boolean).join(" ")].join("\n");
}

const count = (value: number): string => value.toLocaleString("en");
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, one) => total + one, 0);
const agreement = ({ agreed, instances }: Agreement): string => `${count(agreed)} of ${count(instances)}`;
const microseconds = (value: number): string => `${value >= 100 ? count(Math.round(value)) : digits(value)} µs`;
