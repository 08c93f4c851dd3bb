import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Backend } from "../contract/backend.ts";
import type { ConformanceOptions } from "./options.ts";
import { planConformance, type ConformanceTest } from "./plan.ts";
import type { BackendReport, Outcome } from "./report.ts";
import { expectSkipNeeded, reportOf, skipGroups } from "./run-conformance.ts";

const TIMEOUT_MS = 120_000;

export interface DescribeOptions extends ConformanceOptions {
  /** Gets the sums once all tests have run. */
  onReport?(report: BackendReport): void;
}

/**
 * Registers the conformance suite for a backend with vitest: every op × dtype × variant × check as a test. All run by
 * default; `skip` lists the exceptions with their reasons, and an exception that would pass fails.
 *
 * ```ts
 * describeBackend({ name: "mine", create: () => createMyBackend(), skip: [] });
 * ```
 *
 * One backend is created for the whole suite; after every test nothing may be left alive on it.
 */
export function describeBackend(options: DescribeOptions): void {
  const plan = planConformance(options);
  const outcomes: Outcome[] = [];
  let backend: Backend;

  const register = (test: ConformanceTest): void => {
    const { op, dtype, variant, check, title, skipped } = test;
    const of = { op, check, title, ...(dtype && { dtype }), ...(variant !== undefined && { variant }) };
    if (skipped) {
      outcomes.push({ ...of, status: "skipped", message: skipped.reason });
      return it.skip(`${title} (${skipped.reason})`, () => undefined);
    }
    it(
      title,
      async () => {
        try {
          await test.run(backend);
          outcomes.push({ ...of, status: "passed" });
        } catch (error) {
          outcomes.push({ ...of, status: "failed", message: String(error) });
          throw error;
        }
      },
      TIMEOUT_MS,
    );
  };

  describe(`conformance of ${options.name}`, () => {
    beforeAll(async () => {
      backend = await options.create();
    });
    afterAll(() => {
      options.onReport?.(reportOf(options, backend, plan, outcomes));
      const { handles } = backend.memory();
      backend.dispose();
      expect(handles, "storages alive after the suite").toBe(0);
    });

    for (const op of new Set(plan.tests.map((test) => test.op)))
      describe(op, () => plan.tests.filter((test) => test.op === op).forEach(register));

    const groups = skipGroups(plan.tests);
    if (groups.length > 0)
      describe("skips are needed", () => {
        for (const group of groups) it(group.title, () => expectSkipNeeded(backend, group), TIMEOUT_MS);
      });
  });
}
