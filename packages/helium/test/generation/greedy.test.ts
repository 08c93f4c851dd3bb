import { describe, expect, test } from "vitest";
import { generationCases, optionsOf } from "../helpers/generation-fixtures.ts";
import { openFixtureModel } from "../helpers/generation-model.ts";

describe.each(["helium", "llama"])("greedy generation of %s", (family) => {
  const cases = generationCases(family, "greedy");

  test("there are 36 cases", () => expect(cases).toHaveLength(36));

  describe.each(["reference", "cpu"])("on %s", (backendName) => {
    const opened = openFixtureModel(family, backendName);

    test.each(cases)("%s", async (_, c) => {
      const { sequences } = await opened.model.generate(optionsOf(c));
      expect(sequences).toEqual(c.sequences);
      expect(opened.backend.memory().handles).toBe(opened.weightHandles);
    });
  });
});
