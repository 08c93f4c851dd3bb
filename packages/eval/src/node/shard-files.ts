import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { EvalError } from "../errors.ts";
import type { EvaluationRecord } from "../run/evaluate.ts";
import { exactJson, parseExactJson } from "../run/exact-json.ts";
import { writeAtomically } from "./write-atomically.ts";

const pattern = /^shard-\d+-of-\d+\.json$/;

/** Writes what a shard found, for `readShards` and `mergeShards`. @returns the file's path */
export async function writeShard(folder: string, record: EvaluationRecord): Promise<string> {
  const { shard } = record.settings;
  if (shard === null) throw new EvalError("writeShard", "the record is of all documents; write its results");
  const path = join(folder, `shard-${shard.index}-of-${shard.count}.json`);
  await writeAtomically(path, `${exactJson(record)}\n`);
  return path;
}

/** The shards in a folder. @throws EvalError where there is none, or one that cannot be read */
export async function readShards(folder: string): Promise<readonly EvaluationRecord[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new EvalError(
      folder,
      "is no folder that can be read; give those that runs with --shard wrote",
      {},
      { cause },
    );
  });
  const files = names.filter((name) => pattern.test(name)).sort();
  if (files.length === 0)
    throw new EvalError(folder, "holds no shard-<i>-of-<n>.json; its run has not ended, so start it again to go on", {
      given: names,
    });
  return Promise.all(files.map((name) => readShard(join(folder, name))));
}

async function readShard(path: string): Promise<EvaluationRecord> {
  const text = await readFile(path, "utf8");
  try {
    return parseExactJson(text) as EvaluationRecord;
  } catch (cause) {
    throw new EvalError(
      path,
      "is not valid JSON; delete it and run the shard again, which reads its journal",
      {},
      { cause },
    );
  }
}
