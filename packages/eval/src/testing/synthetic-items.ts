import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openDataset } from "../data/open-dataset.ts";
import type { Reading } from "../data/reading.ts";
import { folderData } from "../node/data-folder.ts";
import { buildItems } from "../prompt/build-items.ts";
import type { Item } from "../prompt/item.ts";
import { splitsOf } from "../tasks/splits.ts";
import type { Dataset, Task } from "../tasks/task.ts";

const fixtures = new URL("../../fixtures/", import.meta.url);

const source = folderData(fileURLToPath(new URL("data", fixtures)));

/** Rows by data set and split; several tasks have the same. */
const known = new Map<string, Promise<readonly Reading[]>>();

function rowsOf(dataset: Dataset, split: string): Promise<readonly Reading[]> {
  const key = `${dataset.repo} ${dataset.config ?? ""} ${split}`;
  const rows = known.get(key) ?? readAll(dataset, split);
  known.set(key, rows);
  return rows;
}

async function readAll(dataset: Dataset, split: string): Promise<readonly Reading[]> {
  const rows: Reading[] = [];
  for await (const row of (await openDataset(dataset, split, await source)).rows()) rows.push(row);
  return rows;
}

/** The items of a task over the synthetic data. */
export async function syntheticItems(task: Task, numFewShot: number): Promise<readonly Item[]> {
  const splits = splitsOf(task.dataset);
  const documents = await rowsOf(task.dataset, splits.documents);
  const pool = await rowsOf(task.dataset, splits.examples);
  return buildItems({ task, documents, pool, numFewShot });
}

/** What a script of scripts/reference/eval has written. */
export const expectedOf = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`expected/${name}.json`, fixtures), "utf8"));
