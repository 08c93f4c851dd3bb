import { DataError } from "../errors.ts";
import { isRow } from "./read-jsonl.ts";
import type { Row } from "./reading.ts";
import type { RowOptions } from "./row-format.ts";
import type { SplitFile } from "./split-files.ts";

/** How rows of a dataset's first publication become those of its page on the hub. */
export interface OriginalRows extends RowOptions {
  /** @param place for messages @throws DataError */
  readonly adapt: (row: Row, place: string) => Row;
}

const asIs = (row: Row): Row => row;

/** Of the file of a dataset, `name` without its owner. */
export function originalRows(name: string, file: SplitFile): OriginalRows {
  if (name === "mmlu" && file.format === "csv") return mmluTable(file.config ?? "");
  if (name === "ai2_arc") return { adapt: (row, place) => flattened(row, place, "question") };
  if (name === "commonsense_qa") return { adapt: (row, place) => flattened(row, place, "question") };
  if (name === "openbookqa") return { adapt: (row, place) => flattened(row, place, "question_stem") };
  return { adapt: asIs };
}

const letters = ["A", "B", "C", "D"] as const;

/** The archive of MMLU has tables without a first line of names. */
function mmluTable(subject: string): OriginalRows {
  return {
    csvHeader: ["question", ...letters, "answer"],
    adapt: (row, place) => {
      const answer = letters.findIndex((letter) => letter === row["answer"]);
      if (answer < 0)
        throw new DataError(
          place,
          `the last column must be A, B, C or D, given ${JSON.stringify(row["answer"])}; the table has the question, four choices and the answer, and no line of names`,
        );
      return { question: row["question"], subject, choices: letters.map((letter) => row[letter]), answer };
    },
  };
}

/**
 * AllenAI's own files have `question: {stem, choices: [{text, label}], …}`, the hub has the columns `question` (or
 * `question_stem`) and `choices: {text: [], label: []}`.
 */
function flattened(row: Row, place: string, stemColumn: string): Row {
  const { question, ...others } = row;
  if (!isRow(question)) return row;
  const { stem, choices, ...more } = question;
  if (!Array.isArray(choices) || !choices.every(isRow))
    throw new DataError(place, "the question must have a list of choices; correct the row, or leave it out");
  const column = (name: string): readonly unknown[] => choices.map((choice) => choice[name]);
  return { ...others, [stemColumn]: stem, ...more, choices: { text: column("text"), label: column("label") } };
}
