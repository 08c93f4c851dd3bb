import type { DType } from "../dtypes/dtype.ts";
import type { Path } from "../trace.ts";
import type { CaseOp } from "./case.ts";
import type { CheckName } from "./op-checks/index.ts";

/** What became of one test. */
export interface Outcome {
  readonly op: CaseOp;
  readonly dtype?: DType;
  readonly variant?: string;
  readonly check: CheckName;
  readonly title: string;
  readonly status: "passed" | "failed" | "skipped";
  /** Message of the failure, or reason of the skip. */
  readonly message?: string;
}

/** One op at one dtype on one backend. */
export interface ReportRow {
  readonly op: CaseOp;
  readonly dtype: DType;
  /** Ways in which its calls ran; empty where none did. */
  readonly paths: readonly Path[];
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly reasons: readonly string[];
}

/** Result of a run on one backend. */
export interface BackendReport {
  readonly backend: string;
  readonly info: Readonly<Record<string, string | number | boolean>>;
  readonly seed: number;
  readonly runs: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly rows: readonly ReportRow[];
}

/** Sums up the outcomes of a run by op and dtype. */
export function reportRows(
  outcomes: readonly Outcome[],
  pathsOf: (op: CaseOp, dtype: DType) => Iterable<Path>,
): ReportRow[] {
  const groups = new Map<string, { op: CaseOp; dtype: DType; of: Outcome[] }>();
  for (const outcome of outcomes) {
    const { op, dtype } = outcome;
    if (!dtype) continue;
    const key = `${op} ${dtype}`;
    const group = groups.get(key) ?? { op, dtype, of: [] };
    group.of.push(outcome);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ op, dtype, of }) => ({
    op,
    dtype,
    paths: [...pathsOf(op, dtype)].sort(),
    ...count(of),
    reasons: [...new Set(of.flatMap(({ status, message }) => (status === "skipped" && message ? message : [])))],
  }));
}

/** Numbers of tests by outcome. */
export function count(outcomes: readonly Outcome[]): { passed: number; failed: number; skipped: number } {
  const of = (status: Outcome["status"]): number => outcomes.filter((outcome) => outcome.status === status).length;
  return { passed: of("passed"), failed: of("failed"), skipped: of("skipped") };
}

/** A cell of the matrix: a path, several of them, `skipped` or `FAILS`. */
function cell(row: ReportRow | undefined): string {
  if (!row) return "–";
  if (row.failed > 0) return "FAILS";
  if (row.passed === 0) return "skipped";
  const ran = row.paths.length > 0 ? row.paths.join(" / ") : "kernel";
  return row.skipped > 0 ? `${ran}, ${row.skipped} skipped` : ran;
}

/** Rows of the matrix: dtypes of an op for which all backends have the same cells share one. */
function matrixRows(reports: readonly BackendReport[]): string[] {
  const rows = new Map<string, { op: CaseOp; dtypes: DType[]; cells: string[] }>();
  for (const { op, dtype } of reports.flatMap((report) => report.rows)) {
    const cells = reports.map((report) => cell(report.rows.find((row) => row.op === op && row.dtype === dtype)));
    const key = `${op} ${cells.join()}`;
    const row = rows.get(key) ?? { op, dtypes: [], cells };
    if (!row.dtypes.includes(dtype)) row.dtypes.push(dtype);
    rows.set(key, row);
  }
  return [...rows.values()].map(({ op, dtypes, cells }) => `| ${op} | ${dtypes.join(" ")} | ${cells.join(" | ")} |`);
}

/** Support matrix op × dtype × backend of several runs, as a Markdown page. */
export function matrixMarkdown(reports: readonly BackendReport[]): string {
  const table = [
    `| op | dtypes | ${reports.map(({ backend }) => `\`${backend}\``).join(" | ")} |`,
    `|---|---|${reports.map(() => "---").join("|")}|`,
    ...matrixRows(reports),
  ];
  const runs = reports.map(
    ({ backend, passed, failed, skipped, runs: n, seed }) =>
      `| \`${backend}\` | ${passed} | ${failed} | ${skipped} | ${n} | ${seed} |`,
  );
  const reasons = reports.flatMap(({ backend, rows }) =>
    rows.flatMap(({ op, dtype, reasons: of }) => of.map((reason) => `- \`${backend}\` ${op} ${dtype}: ${reason}`)),
  );
  return [
    "## Runs",
    "",
    "| backend | tests passed | failed | skipped | drawn calls per test | seed |",
    "|---|---|---|---|---|---|",
    ...runs,
    "",
    "## Support",
    "",
    ...table,
    ...(reasons.length > 0 ? ["", "## Skips", "", ...reasons] : []),
    "",
  ].join("\n");
}
