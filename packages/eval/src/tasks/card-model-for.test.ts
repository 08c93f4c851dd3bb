import { expect, test } from "vitest";
import { EvalError } from "../errors.ts";
import { cardModelFor } from "./card-model-for.ts";

test.each([
  ["kyutai/helium-1-preview-2b", "Helium-1 preview"],
  ["./models/helium-1-preview-2b-q8_0", "Helium-1 preview"],
  ["HuggingFaceTB/SmolLM2-1.7B", "SmolLM2 1.7B"],
  ["google/gemma-2-2b", "Gemma-2 2.6B"],
  ["meta-llama/Llama-3.2-3B", "Llama-3.2 3B"],
  ["Qwen/Qwen2.5-1.5B", "Qwen2.5 1.5B"],
  ["google/gemma-2-2b-it", null],
  ["Qwen/Qwen2.5-1.5B-Instruct", null],
  ["google/gemma-2-9b", null],
  ["helium-nano", null],
])("%s is %s", (name, model) => {
  expect(cardModelFor(name, { isNamed: false })).toBe(model);
});

test("a model that is named is one of the card's", () => {
  expect(cardModelFor("helium-1 preview", { isNamed: true })).toBe("Helium-1 preview");
  expect(() => cardModelFor("gpt2", { isNamed: true })).toThrow(EvalError);
});
