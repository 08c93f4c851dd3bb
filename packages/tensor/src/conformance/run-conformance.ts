import type { Backend } from "../contract/backend.ts";
import { ConformanceError } from "./counterexample.ts";
import type { ConformanceOptions } from "./options.ts";
import { DEFAULT_RUNS, DEFAULT_SEED, pathKey, planConformance, type ConformanceTest, type Plan } from "./plan.ts";
import { count, reportRows, type BackendReport, type Outcome } from "./report.ts";

/** Result of `runConformance`: the sums and every outcome. */
export interface ConformanceRun {
  readonly report: BackendReport;
  readonly outcomes: readonly Outcome[];
}

export interface RunListener {
  /** Called after every test; `false` ends the run. */
  onOutcome?(outcome: Outcome): boolean | void;
}

/** Tests that one reason covers at one op, variant and dtype of the skip list: together they must fail somewhere. */
export interface SkipGroup {
  readonly title: string;
  readonly tests: readonly ConformanceTest[];
}

/** The skipped tests of a plan; entries of the skip list that differ only in the check belong together. */
export function skipGroups(tests: readonly ConformanceTest[]): SkipGroup[] {
  const groups = new Map<string, ConformanceTest[]>();
  for (const test of tests) {
    if (!test.skipped) continue;
    const { op, variant, reason } = test.skipped;
    const title = `${[op, variant, test.dtype ?? test.title].filter(Boolean).join(" ")} is skipped: ${reason}`;
    groups.set(title, [...(groups.get(title) ?? []), test]);
  }
  return [...groups].map(([title, of]) => ({ title, tests: of }));
}

/** @throws ConformanceError when all tests of the group pass, so that the skip must go */
export async function expectSkipNeeded(backend: Backend, { title, tests }: SkipGroup): Promise<void> {
  for (const test of tests) {
    try {
      await test.run(backend);
    } catch {
      return;
    }
  }
  throw new ConformanceError("conformance", `${title}; but all ${tests.length} tests pass: remove or narrow the skip`);
}

/** The sums of a run. */
export function reportOf(
  options: ConformanceOptions,
  backend: Backend,
  { paths }: Plan,
  outcomes: readonly Outcome[],
): BackendReport {
  return {
    backend: options.name,
    info: backend.info(),
    seed: options.seed ?? DEFAULT_SEED,
    runs: options.runs ?? DEFAULT_RUNS,
    ...count(outcomes),
    rows: reportRows(outcomes, (op, dtype) => paths.get(pathKey(op, dtype)) ?? []),
  };
}

/** Runs the suite without a test runner: for reports, long runs and mutation tests. */
export async function runConformance(options: ConformanceOptions, listener: RunListener = {}): Promise<ConformanceRun> {
  const plan = planConformance(options);
  const backend = await options.create();
  const outcomes: Outcome[] = [];
  /** False when the listener wants no more. */
  const note = (outcome: Outcome): boolean => {
    outcomes.push(outcome);
    return listener.onOutcome?.(outcome) !== false;
  };
  const attempt = async (of: Omit<Outcome, "status" | "message">, run: () => Promise<void>): Promise<boolean> => {
    try {
      await run();
      return note({ ...of, status: "passed" });
    } catch (error) {
      return note({ ...of, status: "failed", message: error instanceof Error ? error.message : String(error) });
    }
  };
  try {
    for (const test of plan.tests) {
      const { op, dtype, variant, check, title, skipped } = test;
      const of = { op, check, title, ...(dtype && { dtype }), ...(variant !== undefined && { variant }) };
      const goOn = skipped
        ? note({ ...of, status: "skipped", message: skipped.reason })
        : await attempt(of, () => test.run(backend));
      if (!goOn) break;
    }
    for (const group of skipGroups(plan.tests)) {
      const [{ op, dtype, check }] = group.tests as readonly [ConformanceTest];
      await attempt({ op, check, title: group.title, ...(dtype && { dtype }) }, () => expectSkipNeeded(backend, group));
    }
    return { report: reportOf(options, backend, plan, outcomes), outcomes };
  } finally {
    backend.dispose();
  }
}
