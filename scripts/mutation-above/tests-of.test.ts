import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { TestsOf } from "./tests-of.ts";

const testsOf = new TestsOf(fileURLToPath(new URL("../../", import.meta.url)));
const pool = "packages/nn/src/cache/page-pool";

describe("the tests of a source", () => {
  it("begin with the one beside it, then those that import it, then those listed first", () => {
    const source = "packages/helium/src/engine/work.ts";
    const given = ["packages/helium/test/engine/engine.test.ts", "packages/helium/src/engine/plan-pass.test.ts"];
    const nearest = [source.replace(".ts", ".test.ts"), ...given.toReversed()];
    expect(testsOf.nearestFirst(given, source)).toEqual(nearest);
    // It loads no part of the engine.
    expect(testsOf.nearestFirst([...given, "packages/nn/src/mask.test.ts"], source)).toEqual(nearest);
  });

  it("are those that are listed, where none is seen to load it", () => {
    const given = ["packages/nn/src/mask.test.ts", "packages/nn/src/weights/checkpoint-weights.test.ts"];
    expect(testsOf.nearestFirst(given, "packages/helium/src/engine/pass-outputs.ts")).toEqual(given);
  });

  it("are all that load it, by way of other sources and packages too", () => {
    const tests = testsOf.reaching(`${pool}.ts`);
    expect(tests[0]).toBe(`${pool}.test.ts`);
    expect(tests).toContain("packages/helium/test/engine/engine.test.ts");
    expect(tests).not.toContain("packages/tensor/src/dtype.test.ts");
  });
});
