import { describe, expect, test } from "vitest";
import { runFamily } from "@helium-lm/helium/testing";
import { isCut } from "../../../../testing/short-form.ts";
import { faults } from "./family-faults/index.ts";

const planted = faults.filter((_, i) => i % 8 === 0 || !isCut("family faults"));

/** Mistakes made on purpose: a suite that lets them pass shows nothing. */
describe("the family suite finds", () => {
  test.each(planted.map((fault) => [fault.name, fault] as const))("%s", async (_, { family, foundBy, options }) => {
    const [outcome] = await runFamily(family, { bitExactRows: true, ...options, only: [foundBy] });
    expect(outcome).toMatchObject({ check: foundBy, status: "failed" });
    // The suite names the difference; an error thrown on the way would mean that the fault itself is broken.
    expect(outcome?.message).not.toMatch(/^ +\w*Error: /m);
  });
});
