import { describe, expect, it } from "vitest";
import { EvalError } from "../errors.ts";
import { cardAverages, cardFigure, cardFigures, cardModel, cardModels } from "./card.ts";

describe("the card", () => {
  it.each(cardModels)("averages the eleven English figures of %s", (model) => {
    const values = Object.values(cardFigures.en ?? {}).map((row) => row[model]);
    expect(values).toHaveLength(11);
    expect(values.reduce((sum, value) => sum + value, 0) / 11).toBeCloseTo(cardAverages[model], 1);
  });

  it("gives a figure by model, benchmark and language, and none that it does not know", () => {
    expect(cardFigure("Helium-1 preview", "ARC-C")).toBe(62.7);
    expect(cardFigure("Qwen2.5 1.5B", "MKQA", "es")).toBe(10.6);
    expect(cardFigure("Helium-1 preview", "MMLU", "fr")).toBeUndefined();
    expect(cardFigure("Helium-1 preview", "FLORES", "en")).toBeUndefined();
  });

  it("knows its models by name, however they are spelt", () => {
    expect(cardModel("helium-1-preview")).toBe("Helium-1 preview");
    expect(cardModel("SMOLLM2-1.7B")).toBe("SmolLM2 1.7B");
    expect(() => cardModel("gpt-2")).toThrow(EvalError);
    expect(() => cardModel("gpt-2")).toThrow("gpt-2: is no model of the card, which has Helium-1 preview,");
  });
});
