import { inGroup, integer, text, type OptionTable } from "./option-table.ts";

/** How tokens are tried ahead. */
export const speculationOptions = inGroup("Speculation", {
  draft: text(
    "model",
    "smaller model with the same vocabulary, to guess tokens ahead, named as in --model; greedy text stays the same",
  ),
  lookup: integer("n", 1, "guess up to n tokens ahead where the text repeats itself; the text stays the same"),
} as const satisfies OptionTable);
