import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBackend, type Backend } from "@helium-lm/tensor";
import { AutoModelForCausalLM, type ModelForCausalLM } from "@helium-lm/helium";
import { fixturePath } from "./fixtures.ts";
import { generationCases, optionsOf, type BeamCase } from "./generation-fixtures.ts";

describe.each(["helium", "llama"])("beam search of %s", (family) => {
  const cases = generationCases<BeamCase>(family, "beam");
  let backend: Backend;
  let model: ModelForCausalLM;
  let weightHandles = 0;
  beforeAll(async () => {
    backend = await createBackend("cpu");
    model = await AutoModelForCausalLM.fromPretrained(fixturePath(`models/${family}/causal`), { backend });
    weightHandles = backend.memory().handles;
  });
  afterAll(() => {
    model.dispose();
    expect(backend.memory().handles).toBe(0);
  });

  test("there are 43 cases", () => expect(cases).toHaveLength(43));

  test.each(cases)("%s", async (_, c) => {
    const { sequences, sequencesScores, beamIndices } = await model.generate(optionsOf(c));
    expect(sequences).toEqual(c.sequences);
    expect(beamIndices).toEqual(c.beam_indices);
    expect(sequencesScores).toHaveLength(c.sequences_scores.length);
    c.sequences_scores.forEach((score, row) => expect(Math.abs(score - sequencesScores![row]!)).toBeLessThan(1e-4));
    expect(backend.memory().handles).toBe(weightHandles);
  });
});
