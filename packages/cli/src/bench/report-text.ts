import { backendRows } from "../terminal/load-notes.ts";
import { formatBytes, formatCount, formatDuration } from "../terminal/quantities.ts";
import { printable } from "../terminal/style.ts";
import { alignColumns } from "../terminal/text-layout.ts";
import type { BenchModel, BenchReport, BenchRun } from "./bench-report.ts";
import { deviceSections } from "./device-text.ts";
import { traceText } from "./kernel-trace.ts";
import { testName } from "./speed-test.ts";

/** Above this many busy cores, figures are said to be doubtful. */
const QUIET = 0.2;

/** The report for a terminal: facts, then the table. */
export function reportText(report: BenchReport, bold: (text: string) => string): string {
  const runs = report.runs.flatMap((run) => [runFacts(run), ...deviceSections(run)]);
  const sections = [facts(report), ...runs, table(report)];
  return sections
    .map(
      ([heading = "", ...lines]) =>
        `${bold(printable(heading))}\n${lines.map((line) => `  ${printable(line)}\n`).join("")}`,
    )
    .join("\n");
}

/** The report in Markdown, its table as llama-bench's with the best run and texts at a time beside. */
export function reportMarkdown(report: BenchReport): string {
  const { model, runs } = report;
  const header = ["model", "size", "params", "backend", "threads", "test", "batch", "best t/s", "t/s"];
  const rows = runs.flatMap(({ backend, results }) =>
    results.map((result) => [
      `${model.name} ${mainType(model)}`,
      formatBytes(totalBytes(model)),
      formatCount(model.parameters),
      String(backend["backend"]),
      String(backend["threads"] ?? 1),
      testName(result),
      String(result.batch),
      speed(result.best),
      `${speed(result.mean)} ± ${speed(result.deviation)}`,
    ]),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => printable(cell).replaceAll("|", "\\|")).join(" | ")} |\n`;
  const rule = `| ${header.map((_, column) => (column < 4 || column === 5 ? "---" : "--:")).join(" | ")} |\n`;
  const notes = [
    ...facts(report),
    ...runs.flatMap((run) => ["", ...runFacts(run), ...deviceSections(run).flatMap((lines) => ["", ...lines])]),
  ];
  return `${line(header)}${rule}${rows.map(line).join("")}\n\`\`\`text\n${printable(notes.join("\n"))}\n\`\`\`\n`;
}

function facts({ version, date, machine, model, settings }: BenchReport): string[] {
  const { cpu, cores, memoryBytes, platform, runtime, busyCores } = machine;
  const programs = Object.entries(runtime).map(([name, value]) => `${name} ${value}`);
  const types = Object.entries(model.weightBytes).map(([type, bytes]) => `${formatBytes(bytes)} ${type}`);
  return [
    model.name,
    ...alignColumns([
      ["model", `${model.modelType}, ${formatCount(model.parameters)} parameters, ${types.join(", ")}`],
      ["machine", `${cpu}, ${cores} cores, ${formatBytes(memoryBytes)}, ${platform}`],
      ["versions", [`helium-lm ${version}`, ...programs].join(", ")],
      ["settings", `${settings.repetitions} runs of each test, ${settings.budget} tokens in a pass; ${date}`],
      ...(busyCores > QUIET ? [["doubtful", `other programs keep ${busyCores} cores busy`]] : []),
    ]),
  ];
}

function runFacts(run: BenchRun): string[] {
  const { backend, loadSeconds, kernels, kvDType, replay } = run;
  const { loadedBytes, peakBytes, residentBytes } = run.memory;
  const [[, name = ""] = [], ...rest] = backendRows(backend);
  const traces = Object.entries(kernels).flatMap(([kind, trace]) => (trace ? [[kind, traceText(trace)]] : []));
  const reason = replay.reason === null ? "" : `; the last was not: ${replay.reason}`;
  return [
    `backend ${name}`,
    ...alignColumns([
      ...rest,
      ["load", formatDuration(loadSeconds)],
      ["memory", `${formatBytes(loadedBytes)} loaded, ${formatBytes(peakBytes)} with keys and values (${kvDType})`],
      ["process", `${formatBytes(residentBytes)} at most`],
      ...traces,
      ["replay", `${formatCount(replay.replayed)} of ${formatCount(replay.passes)} passes${reason}`],
    ]),
  ];
}

function table({ runs }: BenchReport): string[] {
  const header = ["test", "threads", "batch", "best", "mean ± deviation"];
  const rows = runs.flatMap(({ backend, results }) =>
    results.map((result) => [
      testName(result),
      String(backend["threads"] ?? 1),
      String(result.batch),
      speed(result.best),
      `${speed(result.mean)} ± ${speed(result.deviation)}`,
    ]),
  );
  return ["tokens per second, of all texts of a batch together", ...alignColumns([header, ...rows])];
}

const speed = (value: number): string => (value >= 100 ? formatCount(Math.round(value)) : value.toFixed(2));

const totalBytes = ({ weightBytes }: BenchModel): number => Object.values(weightBytes).reduce((sum, n) => sum + n, 0);

const mainType = ({ weightBytes }: BenchModel): string => Object.keys(weightBytes)[0] ?? "";
