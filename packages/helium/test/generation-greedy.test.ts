import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBackend, type Backend } from "@helium-lm/tensor";
import { AutoModelForCausalLM, type ModelForCausalLM } from "@helium-lm/helium";
import { fixturePath } from "./fixtures.ts";
import { generationCases, optionsOf } from "./generation-fixtures.ts";

describe.each(["helium", "llama"])("greedy generation of %s", (family) => {
  const cases = generationCases(family, "greedy");

  test("there are 36 cases", () => expect(cases).toHaveLength(36));

  describe.each(["reference", "cpu"])("on %s", (backendName) => {
    let backend: Backend;
    let model: ModelForCausalLM;
    let weightHandles = 0;
    beforeAll(async () => {
      backend = await createBackend(backendName);
      model = await AutoModelForCausalLM.fromPretrained(fixturePath(`models/${family}/causal`), { backend });
      weightHandles = backend.memory().handles;
    });
    afterAll(() => {
      model.dispose();
      expect(backend.memory().handles).toBe(0);
    });

    test.each(cases)("%s", async (_, c) => {
      const { sequences } = await model.generate(optionsOf(c));
      expect(sequences).toEqual(c.sequences);
      expect(backend.memory().handles).toBe(weightHandles);
    });
  });
});
