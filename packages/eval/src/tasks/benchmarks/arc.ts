import type { Reading } from "../../data/reading.ts";
import { indexOfLabel } from "../choice-label.ts";
import type { Question } from "../question.ts";
import { questionAndAnswer } from "../question.ts";
import type { Dataset, MultipleChoiceTask } from "../task.ts";

/** Three to five choices, whose labels are letters or digits. */
export function readArc(row: Reading): Question {
  const choices = row.struct("choices");
  return {
    question: row.string("question"),
    choices: choices.strings("text"),
    gold: indexOfLabel(row, "answerKey", choices.strings("label"), row.string("answerKey")),
  };
}

export const arcDataset = (config: "ARC-Easy" | "ARC-Challenge"): Dataset => ({
  repo: "allenai/ai2_arc",
  config,
  trainingSplit: "train",
  validationSplit: "validation",
  testSplit: "test",
});

const arc = (name: string, config: "ARC-Easy" | "ARC-Challenge"): MultipleChoiceTask<Question> => ({
  name,
  kind: "multiple_choice",
  dataset: arcDataset(config),
  read: readArc,
  context: ({ question }) => questionAndAnswer(question),
  choices: ({ choices }) => choices,
  gold: ({ gold }) => gold,
  metrics: ["acc", "acc_norm", "acc_bytes"],
  version: 1,
});

/** The AI2 Reasoning Challenge: science questions of school examinations. */
export const arcEasy = arc("arc_easy", "ARC-Easy");
export const arcChallenge = arc("arc_challenge", "ARC-Challenge");
