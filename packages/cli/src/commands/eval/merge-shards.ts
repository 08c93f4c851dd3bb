import { mergeShards, resultsOf } from "@helium-lm/eval";
import { readShards, writeResults } from "@helium-lm/eval/node";
import type { CliIo } from "../../terminal/cli-io.ts";
import { UsageError } from "../../options/option-table.ts";
import type { EvalOptions } from "./eval-options.ts";
import { cardModelOf, showResults } from "./show-results.ts";

/** `helium eval merge`: the results of a run that was made in shards. @throws EvalError, UsageError */
export async function mergeFolders(folders: readonly string[], options: EvalOptions, io: CliIo): Promise<void> {
  if (folders.length === 0)
    throw new UsageError("helium eval merge", "takes the folders that runs with --shard wrote (--out)");
  const shards = (await Promise.all(folders.map(readShards))).flat();
  const record = mergeShards(shards);
  const results = resultsOf(record, {
    cardModel: cardModelOf(options.cardModel, record.model.name),
    ...(options.bootstrapIters !== undefined && { bootstrapIterations: options.bootstrapIters }),
  });
  showResults(results, await writeResults(options.out ?? "helium-eval", results), options, io);
}
