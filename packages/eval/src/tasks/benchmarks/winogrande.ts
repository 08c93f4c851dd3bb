import type { Reading } from "../../data/reading.ts";
import { DataError } from "../../errors.ts";
import { strip } from "../../python/text.ts";
import { indexOfNumber } from "../choice-label.ts";
import type { Dataset, MultipleChoiceTask } from "../task.ts";

/** A sentence with a gap and the two nouns that may stand in it. */
export interface GapSentence {
  readonly sentence: string;
  readonly before: string;
  readonly after: string;
  readonly options: readonly string[];
  readonly gold: number;
}

export function readWinogrande(row: Reading): GapSentence {
  const sentence = row.string("sentence");
  const gap = sentence.indexOf("_");
  if (gap < 0)
    throw new DataError(
      row.place,
      `column "sentence" must have a gap "_", given ${JSON.stringify(sentence)}; correct the row, or leave it out`,
      { column: "sentence", expected: "_", given: sentence },
    );
  return {
    sentence,
    before: sentence.slice(0, gap),
    after: strip(sentence.slice(gap + 1)),
    options: [row.string("option1"), row.string("option2")],
    gold: indexOfNumber(row, "answer", 2, 1),
  };
}

export const winograndeDataset = (config: "winogrande_xl" | "winogrande_debiased"): Dataset => ({
  repo: "allenai/winogrande",
  config,
  trainingSplit: "train",
  validationSplit: "validation",
});

/**
 * WinoGrande by partial evaluation (Trinh and Le, 2018): which of two beginnings makes the same rest of the sentence likelier.
 */
export const winogrande: MultipleChoiceTask<GapSentence> = {
  name: "winogrande",
  kind: "multiple_choice",
  dataset: winograndeDataset("winogrande_xl"),
  read: readWinogrande,
  context: ({ before, options }) => options.map((option) => before + option),
  choices: ({ after }) => [after],
  gold: ({ gold }) => gold,
  sampleTarget: ({ after }) => after,
  metrics: ["acc"],
  version: 1,
};
