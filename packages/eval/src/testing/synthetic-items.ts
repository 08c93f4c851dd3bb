import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openDataset } from "../data/open-dataset.ts";
import type { Reading } from "../data/reading.ts";
import { folderData } from "../node/data-folder.ts";
import { buildItems } from "../prompt/build-items.ts";
import type { Item } from "../prompt/item.ts";
import { splitsOf } from "../tasks/splits.ts";
import type { Task } from "../tasks/task.ts";

const fixtures = new URL("../../fixtures/", import.meta.url);

/** The items of a task over the synthetic data. */
export async function syntheticItems(task: Task, numFewShot: number): Promise<readonly Item[]> {
  const splits = splitsOf(task.dataset);
  const source = await folderData(fileURLToPath(new URL("data", fixtures)));
  const rowsOf = async (split: string): Promise<readonly Reading[]> => {
    const rows: Reading[] = [];
    for await (const row of (await openDataset(task.dataset, split, source)).rows()) rows.push(row);
    return rows;
  };
  const documents = await rowsOf(splits.documents);
  const pool = await rowsOf(splits.examples);
  return buildItems({ task, documents, pool, numFewShot });
}

/** What a script of scripts/reference/eval has written. */
export const expectedOf = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`expected/${name}.json`, fixtures), "utf8"));
