import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { format } from "prettier";
import type { BackendReport } from "../../packages/tensor/src/conformance/report.ts";

/** A run of the suite with many drawn calls on one backend. */
export interface LongRun {
  readonly backend: string;
  /** Ops, where it was not all of them. */
  readonly ops?: string;
  readonly date: string;
  readonly runs: number;
  readonly seed: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
}

const file = new URL("../../docs/conformance-long.json", import.meta.url);

export const longRuns = (): readonly LongRun[] =>
  existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as LongRun[]) : [];

/** Keeps a run in docs/conformance-long.json, in the place of an earlier one of the same backend and ops. */
export async function recordLongRun(report: BackendReport, seconds: number, ops: string | undefined): Promise<void> {
  const { backend, runs, seed, passed, failed, skipped } = report;
  const date = new Date().toISOString().slice(0, 10);
  const run: LongRun = { backend, ...(ops && { ops }), date, runs, seed, passed, failed, skipped, seconds };
  const others = longRuns().filter((other) => other.backend !== backend || other.ops !== run.ops);
  writeFileSync(file, await format(JSON.stringify([...others, run]), { parser: "json", printWidth: 120 }));
}

/** The runs as a section of a Markdown page. */
export function longRunsMarkdown(of: readonly LongRun[]): string {
  return [
    "## Long runs",
    "",
    "`npm run conformance -- --runs 5000 --backend cpu --record`, and `npm run soak -- conformance-webgpu` in headless Chromium, where",
    "SwiftShader plays the card:",
    "",
    "| backend | ops | drawn calls per test | tests passed | failed | skipped | seed | date |",
    "|---|---|---|---|---|---|---|---|",
    ...of.map(
      ({ backend, ops, runs, passed, failed, skipped, seed, date }) =>
        `| \`${backend}\` | ${ops ?? "all"} | ${runs} | ${passed} | ${failed} | ${skipped} | ${seed} | ${date} |`,
    ),
    "",
  ].join("\n");
}
