import type { PlantedBug } from "../mutants/above/area.ts";
import type { MutationAnswer, MutationTask } from "./worker.ts";

/** What the tests made of one bug. */
export interface Outcome {
  /** The first test that failed, "" where all passed. */
  readonly failed: string;
  /** False where none of the tests loads the file: nothing was planted. */
  readonly wasLoaded: boolean;
}

/** What runs one test file; null where it does not end in time. */
export interface Runner {
  run(task: MutationTask, seconds: number): Promise<MutationAnswer | null>;
}

/** A slow run is tried again with so many times its seconds before it counts. */
const PATIENCE = 5;

/**
 * Runs test files on a bug, one after another, up to the first failure. A failure counts where the same test passes
 * without the bug right after it; one that is no test's (too late, or the process ended) where it comes again besides.
 *
 * @throws Error that names the file, where it fails without the bug too.
 */
export async function plant(
  vitest: Runner,
  tests: readonly string[],
  bug: PlantedBug,
  seconds: number,
): Promise<Outcome> {
  let wasLoaded = false;
  for (const test of tests) {
    const answer = await vitest.run({ test, bug }, seconds);
    wasLoaded ||= answer?.wasLoaded ?? true;
    if (answer?.failed === "") continue;
    await assertSound(vitest, test, answer !== null && !answer.isOdd, PATIENCE * seconds);
    if (answer && !answer.isOdd) return { failed: answer.failed, wasLoaded };
    const again = await vitest.run({ test, bug }, PATIENCE * seconds);
    const failed = again === null ? endless(test) : again.failed;
    if (failed !== "") return { failed, wasLoaded };
  }
  return { failed: "", wasLoaded };
}

/** The test that failed passes without a bug: alone, or else with its file, which a busy machine may need twice. */
async function assertSound(vitest: Runner, test: string, canBeAlone: boolean, seconds: number): Promise<void> {
  let failed = "";
  for (const isAlone of canBeAlone ? [true, false, false] : [false, false]) {
    const answer = await vitest.run({ test, bug: null, isAlone }, seconds);
    failed = answer?.failed ?? endless(test);
    if (failed === "") return;
  }
  throw new Error(`fails without any bug planted: ${failed}`);
}

const endless = (test: string): string => `${test.replace(/^packages\//, "")}: does not end, or ends the process`;
