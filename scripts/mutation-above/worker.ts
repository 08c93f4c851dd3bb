/**
 * Keeps one vitest server warm and plants one bug after another in what it transforms; no file on disk changes, so several
 * workers can run side by side. Answers each message with the first test that failed, or nothing where all pass.
 */
import { fileURLToPath } from "node:url";
import { createVitest, type TestCase, type TestModule } from "vitest/node";
import type { PlantedBug } from "../mutants/above/area.ts";

/** A test file from the root of the repository, and what is planted; null: nothing. */
export interface MutationTask {
  readonly test: string;
  readonly bug: Pick<PlantedBug, "file" | "find" | "replace"> | null;
  /** Of the file only the test that failed last. */
  readonly isAlone?: boolean;
}

export interface MutationAnswer {
  /** The first test that failed, "" where all passed. */
  readonly failed: string;
  /** Whether what failed is no test's claim: a time limit, or an error outside of every test. */
  readonly isOdd: boolean;
  /** Whether the test loaded the file with the bug. */
  readonly wasLoaded: boolean;
}

const root = fileURLToPath(new URL("../../", import.meta.url));

let bug: MutationTask["bug"] = null;
let wasLoaded = false;
let lastFailed: TestCase | null = null;
/** Files that vite may still have with a bug in them: a process that was ended early asks for its modules late. */
const touched = new Set<string>();

const vitest = await createVitest(
  {
    root,
    project: ["tensor*", "nn*", "helium*", "eval*", "serve*", "cli*", "testing"],
    // A process that is used again would keep modules with and without the bug.
    isolate: true,
    watch: false,
    bail: 1,
    maxWorkers: 1,
    // A busy machine shows no bug: what hangs is ended by who waits for the answer.
    testTimeout: 0,
    hookTimeout: 0,
    reporters: [{}],
    // The cache on disk knows modules by the text of their files.
    fsModuleCache: false,
  },
  {
    plugins: [
      {
        name: "planted-bug",
        enforce: "pre",
        transform(code: string, id: string) {
          const planted = bug;
          if (planted === null || id.replace(/\?.*$/, "") !== root + planted.file) return null;
          wasLoaded = true;
          // A function, so that a `$` in the replacement stands for itself.
          return { code: code.replace(planted.find, () => planted.replace), map: null };
        },
      },
    ],
  },
);
await vitest.standalone();
const specifications = await vitest.globTestSpecifications();

async function run(task: MutationTask): Promise<MutationAnswer> {
  const whole = specifications.find(({ moduleId }) => moduleId === root + task.test);
  const specification = task.isAlone ? lastFailed?.toTestSpecification() : whole;
  if (specification === undefined) throw new Error(`${task.test}: no such test file`);
  if (task.bug) touched.add(root + task.bug.file);
  for (const file of touched) vitest.invalidateFile(file);
  bug = task.bug;
  wasLoaded = false;
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications([specification]);
  bug = null;
  // Vitest tells of the files of earlier runs too.
  const own = testModules.find(({ moduleId }) => moduleId === specification.moduleId);
  const failed = failureOf(own);
  if (failed) return { ...failed, wasLoaded };
  if (task.isAlone && own?.children.allTests("passed").next().done)
    return { failed: `${shortName(task.test)}: the test did not run`, isOdd: true, wasLoaded };
  const [error] = unhandledErrors;
  if (error === undefined) return { failed: "", isOdd: false, wasLoaded };
  const message = error instanceof Error ? error.message : "an error outside of every test";
  return { failed: `${shortName(task.test)}: ${message.split("\n")[0] ?? ""}`, isOdd: true, wasLoaded };
}

const shortName = (file: string): string => file.replace(/^packages\//, "");

function failureOf(module: TestModule | undefined): { readonly failed: string; readonly isOdd: boolean } | null {
  if (module === undefined) return { failed: "the test file did not run", isOdd: true };
  const file = shortName(module.relativeModuleId);
  for (const test of module.children.allTests("failed")) {
    lastFailed = test;
    const isOdd = test.result().errors?.some(({ message }) => message.includes("timed out in")) ?? false;
    return { failed: `${file}: ${test.fullName}`, isOdd };
  }
  return module.state() === "failed" ? { failed: `${file}: fails outside of its tests`, isOdd: true } : null;
}

process.on("message", (task: MutationTask) => {
  void run(task).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.send?.({ failed: "", isOdd: false, wasLoaded: false } satisfies MutationAnswer);
