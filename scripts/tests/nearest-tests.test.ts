import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { NearestTests } from "./nearest-tests.ts";

const tests = new NearestTests(fileURLToPath(new URL("../../", import.meta.url)));

describe("the tests nearest to a change", () => {
  it("are those that changed themselves, and no others", () => {
    const file = "packages/nn/src/mask.test.ts";
    expect(tests.of([file])).toEqual({ nearest: [file], others: 0 });
  });

  it("are the one beside a source and those that import it", () => {
    const { nearest, others } = tests.of(["packages/nn/src/cache/page-pool.ts"]);
    expect(nearest).toContain("packages/nn/src/cache/page-pool.test.ts");
    expect(nearest.length).toBeLessThan(8);
    expect(others).toBeGreaterThan(20);
  });

  it("are found through the exports of a package, by name", () => {
    const { nearest } = tests.of(["packages/tensor/src/rng.ts"]);
    expect(nearest.length).toBeGreaterThan(0);
    expect(nearest.length).toBeLessThan(8);
  });

  it("are those that name a file which is no source", () => {
    expect(tests.of(["docs/ops.md"]).nearest).toContain("packages/tensor/test/ops-page.test.ts");
  });

  it("are none for what no test knows", () => {
    expect(tests.of([`docs/${"x".repeat(9)}.md`])).toEqual({ nearest: [], others: 0 });
  });
});
