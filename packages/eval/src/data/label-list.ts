import type { ByteSource } from "@helium-lm/nn";
import { DataError } from "../errors.ts";
import { textLines } from "./text-lines.ts";

/**
 * Where the labels of a file are that has none itself: PIQA and Social IQa were published as `dev.jsonl` and
 * `dev-labels.lst`, a label a line.
 *
 * @param stem the file's path without its endings
 */
export const labelListOf = (stem: string): string => `${stem}-labels.lst`;

/** The labels, in the order of the rows. Closes the source. @throws DataError */
export async function readLabels(source: ByteSource, file: string): Promise<readonly string[]> {
  const labels: string[] = [];
  try {
    for await (const { text } of textLines(source, "none", file)) if (text.trim() !== "") labels.push(text.trim());
  } finally {
    await source.close();
  }
  return labels;
}

/** The error for a list that is shorter or longer than the file that it belongs to. */
export const labelsMisfit = (file: string, labels: number, rows: number): DataError =>
  new DataError(
    file,
    `has ${labels} labels, its file has ${rows} rows${rows > labels ? " or more" : ""}; download both again`,
    { given: labels, expected: rows },
  );
