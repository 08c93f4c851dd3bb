import type { CheckName } from "./family-checks/index.ts";
import { createContext, disposeContext } from "./context.ts";
import type { FamilyOptions } from "./options.ts";
import { planFamily } from "./plan.ts";

export interface FamilyOutcome {
  readonly check: CheckName;
  readonly status: "passed" | "failed" | "skipped";
  /** Why it failed or was skipped. */
  readonly message?: string;
}

/** Runs the suite without a test runner: for reports, long runs and mutation tests. */
export async function runFamily(modelType: string, options: FamilyOptions = {}): Promise<readonly FamilyOutcome[]> {
  const plan = planFamily(modelType, options);
  const context = await createContext(options);
  const outcomes: FamilyOutcome[] = [];
  try {
    for (const { check, skipped, run } of plan) {
      try {
        await run(context);
        outcomes.push(skipped ? { check, status: "skipped", message: skipped.reason } : { check, status: "passed" });
      } catch (error) {
        outcomes.push({ check, status: "failed", message: error instanceof Error ? error.message : String(error) });
      }
    }
    return outcomes;
  } finally {
    disposeContext(context);
  }
}
