import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { TestsOf } from "./tests-of.ts";

const testsOf = new TestsOf(fileURLToPath(new URL("../../", import.meta.url)));
const pool = "packages/nn/src/cache/page-pool";

describe("the tests of a source", () => {
  it("begin with the one beside it, then those that import it, then those of its folder", () => {
    const source = "packages/helium/src/engine/work.ts";
    const given = [
      "packages/helium/test/hub.test.ts",
      "packages/helium/src/engine/read-candidates.test.ts",
      "packages/helium/test/engine-clients.test.ts",
      "packages/helium/src/engine/work.test.ts",
    ];
    expect(testsOf.nearestFirst(given, source)).toEqual(given.toReversed());
  });

  it("are all that load it, by way of other sources and packages too", () => {
    const tests = testsOf.reaching(`${pool}.ts`);
    expect(tests[0]).toBe(`${pool}.test.ts`);
    expect(tests).toContain("packages/helium/test/engine.test.ts");
    expect(tests).not.toContain("packages/tensor/src/dtype.test.ts");
  });
});
