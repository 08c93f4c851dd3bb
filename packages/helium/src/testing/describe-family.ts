import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createContext, disposeContext } from "./context.ts";
import type { FamilyOptions } from "./options.ts";
import { planFamily } from "./plan.ts";
import type { SuiteContext } from "./drawn-model.ts";

const TIMEOUT_MS = 120_000;

/**
 * Registers the family suite with vitest: every check as a test, each over random tiny configs of the family with random
 * weights. All run by default; `skip` lists the exceptions with their reasons, and an exception that would pass fails.
 *
 * ```ts
 * registerFamily(mine);
 * describeFamily("mine");
 * ```
 *
 * @param modelType `model_type` of a registered family
 * @throws ConfigError for an unknown family, ArgumentError for a skip without a reason
 */
export function describeFamily(modelType: string, options: FamilyOptions = {}): void {
  const plan = planFamily(modelType, options);
  const backend = typeof options.backend === "string" ? options.backend : options.backend ? "its own backend" : "cpu";
  describe(`family ${modelType} on ${backend}`, () => {
    let context: SuiteContext;
    beforeAll(async () => {
      context = await createContext(options);
    });
    afterAll(() => {
      expect(disposeContext(context), "storages alive after the suite").toBe(0);
    });
    for (const { title, run } of plan) it(title, () => run(context), TIMEOUT_MS);
  });
}
