import { DataError } from "../errors.ts";
import type { Dataset } from "../tasks/task.ts";
import { openDataset, type DatasetSplit } from "./open-dataset.ts";
import type { DataSource } from "./data-source.ts";
import type { Reading } from "./reading.ts";

/** All rows of a split, in order. @throws DataError, naming the file and the row */
export type RowSource = (dataset: Dataset, split: string) => Promise<readonly Reading[]>;

/**
 * All rows of a split, from the first source that has it.
 *
 * @param sources where data may be; where none has it, the first says what it looked for
 * @example
 * const rows = rowsFrom([await folderData("./data")]);
 * const documents = await rows({ repo: "Rowan/hellaswag" }, "validation");
 */
export const rowsFrom =
  (sources: readonly DataSource[]): RowSource =>
  async (dataset, split) => {
    const failures: Error[] = [];
    for (const source of sources) {
      const found = await openDataset(dataset, split, source).catch((error: Error) => void failures.push(error));
      if (found) return readAll(found);
    }
    // The user's own folder says best what is missing.
    throw failures[0] ?? new DataError(dataset.repo, "there is no place to look for it; give a folder with data");
  };

async function readAll(found: DatasetSplit): Promise<readonly Reading[]> {
  const rows: Reading[] = [];
  for await (const row of found.rows()) rows.push(row);
  return rows;
}
