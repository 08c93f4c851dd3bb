/**
 * Keeps one vitest server warm and plants one bug after another in what it transforms; no file on disk changes, so several
 * workers can run side by side. Answers each message with the first test that failed, or nothing where all pass.
 */
import { fileURLToPath } from "node:url";
import { createVitest, type TestModule, type TestSpecification } from "vitest/node";
import type { PlantedBug } from "./mutants/above/area.ts";

/** Test files from the root of the repository, and what is planted; null: nothing. */
export interface MutationTask {
  readonly tests: readonly string[];
  readonly bug: Pick<PlantedBug, "file" | "find" | "replace"> | null;
}

export interface MutationAnswer {
  readonly failed: string;
}

const root = fileURLToPath(new URL("../", import.meta.url));

const nothing: MutationTask = { tests: [], bug: null };
let task = nothing;

/** Runs the files in the order of the task, which begins with those that find most. */
class AsGiven {
  sort(files: TestSpecification[]): TestSpecification[] {
    const place = ({ moduleId }: TestSpecification): number => task.tests.indexOf(moduleId.slice(root.length));
    return files.toSorted((a, b) => place(a) - place(b));
  }

  shard(files: TestSpecification[]): TestSpecification[] {
    return files;
  }
}

const vitest = await createVitest(
  {
    root,
    project: ["tensor", "nn", "helium"],
    watch: false,
    bail: 1,
    maxWorkers: 1,
    // A busy machine shows no bug: what hangs is ended by who waits for the answer.
    testTimeout: 0,
    hookTimeout: 0,
    reporters: [{}],
    // The cache on disk knows modules by the text of their files.
    fsModuleCache: false,
    sequence: { sequencer: AsGiven },
  },
  {
    plugins: [
      {
        name: "planted-bug",
        enforce: "pre",
        transform(code: string, id: string) {
          const { bug } = task;
          if (bug === null || id.replace(/\?.*$/, "") !== root + bug.file) return null;
          // A function, so that a `$` in the replacement stands for itself.
          return { code: code.replace(bug.find, () => bug.replace), map: null };
        },
      },
    ],
  },
);
await vitest.standalone();
const specifications = await vitest.globTestSpecifications();

async function run(given: MutationTask): Promise<string> {
  const chosen = given.tests.map((file) => {
    const found = specifications.find(({ moduleId }) => moduleId === root + file);
    if (found === undefined) throw new Error(`${file}: no such test file`);
    return found;
  });
  task = given;
  if (given.bug) vitest.invalidateFile(root + given.bug.file);
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(chosen);
  task = nothing;
  if (given.bug) vitest.invalidateFile(root + given.bug.file);
  // Vitest tells of the files of earlier runs too.
  const own = testModules.filter(({ moduleId }) => chosen.some((one) => one.moduleId === moduleId));
  return firstFailure(own) ?? (unhandledErrors.length > 0 ? `error: ${messageOf(unhandledErrors[0])}` : "");
}

function firstFailure(modules: readonly TestModule[]): string | undefined {
  const failed = modules.find((module) => module.state() === "failed");
  if (failed === undefined) return undefined;
  const file = failed.relativeModuleId.replace(/^packages\//, "");
  for (const test of failed.children.allTests("failed")) {
    const isLate = test.result().errors?.some(({ message }) => message.includes("timed out in"));
    return `${isLate ? "timeout: " : ""}${file}: ${test.fullName}`;
  }
  return `${file}: cannot be collected`;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

process.on("message", (given: MutationTask) => {
  void run(given).then(
    (failed) => process.send?.({ failed } satisfies MutationAnswer),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.send?.({ failed: "" } satisfies MutationAnswer);
