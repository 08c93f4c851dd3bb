import { describe, expect, it } from "vitest";
import { plant, type Runner } from "./plant.ts";
import type { MutationAnswer, MutationTask } from "./worker.ts";

const bug = { id: "a bug", file: "packages/nn/src/mask.ts", find: "a", replace: "b" };

const passes: MutationAnswer = { failed: "", isOdd: false, wasLoaded: true };
const fails: MutationAnswer = { failed: "a.test.ts: it counts", isOdd: false, wasLoaded: true };
const ends: MutationAnswer = { failed: "a.test.ts: fails outside of its tests", isOdd: true, wasLoaded: true };

/** Gives answers in turn, and notes what was asked: the file, `+` with the bug, `1` for one test, and the seconds. */
function runnerOf(...answers: readonly (MutationAnswer | null)[]): Runner & { readonly asked: string[] } {
  const left = [...answers];
  const asked: string[] = [];
  return {
    asked,
    run: ({ test, bug: planted, isAlone }: MutationTask, seconds) => {
      asked.push(`${test}${planted ? "+" : ""}${isAlone ? "1" : ""} ${seconds}`);
      return Promise.resolve(left.shift() ?? null);
    },
  };
}

describe("a planted bug", () => {
  it("is found by the first test that fails with it and passes without it", async () => {
    const runner = runnerOf(passes, fails, passes);
    expect(await plant(runner, ["a", "b", "c"], bug, 10)).toEqual({ failed: fails.failed, wasLoaded: true });
    expect(runner.asked).toEqual(["a+ 10", "b+ 10", "b1 50"]);
  });

  it("survives where all pass, and it is known whether any loaded it", async () => {
    expect(await plant(runnerOf(passes, passes), ["a", "b"], bug, 10)).toEqual({ failed: "", wasLoaded: true });
    const unseen = { ...passes, wasLoaded: false };
    expect(await plant(runnerOf(unseen, unseen), ["a", "b"], bug, 10)).toEqual({ failed: "", wasLoaded: false });
  });

  it("is not found by a run that was late once only", async () => {
    const runner = runnerOf(null, passes, passes, passes);
    expect((await plant(runner, ["a", "b"], bug, 10)).failed).toBe("");
    expect(runner.asked).toEqual(["a+ 10", "a 50", "a+ 50", "b+ 10"]);
  });

  it("is found where the file is late twice, or fails outside of its tests twice", async () => {
    expect((await plant(runnerOf(null, passes, null), ["a"], bug, 10)).failed).toContain("does not end");
    expect((await plant(runnerOf(ends, passes, ends), ["a"], bug, 10)).failed).toBe(ends.failed);
  });

  it("is not judged by a file that fails without it", async () => {
    await expect(plant(runnerOf(fails, fails, fails, fails), ["a"], bug, 10)).rejects.toThrow("without any bug");
  });
});
