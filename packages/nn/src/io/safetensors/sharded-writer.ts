import { checkOptionNames, type OptionNames } from "@helium-lm/tensor";
import { dtypes } from "@helium-lm/tensor";
import { SafetensorsError } from "../../errors.ts";
import {
  byteLengthOf,
  writeSafetensors,
  type ByteSink,
  type SafetensorsWriteOptions,
  type TensorToWrite,
} from "./safetensors-writer.ts";
import { indexFileName } from "./sharded-safetensors.ts";

/** The one file of a checkpoint that fits in one. */
export const singleFileName = "model.safetensors";

export interface ShardedWriteOptions extends SafetensorsWriteOptions {
  /** Bytes of data per file; default 5 · 10⁹. A larger tensor gets a file of its own. */
  readonly maxShardSize?: number;
}

const shardedOptions: OptionNames<ShardedWriteOptions> = { metadata: true, maxShardSize: true };

/**
 * Cuts tensors into consecutive groups of at most `maxShardSize` bytes, in the order given; at least one group.
 *
 * @throws SafetensorsError for a size that is not a number above 0
 */
export function planShards(
  tensors: Iterable<TensorToWrite>,
  maxShardSize: number,
): readonly (readonly TensorToWrite[])[] {
  if (!(maxShardSize > 0)) {
    throw new SafetensorsError("maxShardSize", `must be a number of bytes above 0, given ${maxShardSize}`, {
      given: maxShardSize,
    });
  }
  let shard: TensorToWrite[] = [];
  const shards = [shard];
  let size = 0;
  for (const tensor of tensors) {
    const bytes = byteLengthOf(tensor);
    if (shard.length > 0 && size + bytes > maxShardSize) {
      shard = [];
      shards.push(shard);
      size = 0;
    }
    shard.push(tensor);
    size += bytes;
  }
  return shards;
}

/**
 * Writes a checkpoint: `model.safetensors`, or `model-0000i-of-0000n.safetensors` and their index where it needs several
 * files. One file at a time, the index last.
 *
 * @param openSink called with each plain file name; its sink gets that file's bytes
 * @returns the file names written
 * @throws SafetensorsError as {@link writeSafetensors} does; also for a name in two shards
 */
export async function writeShardedSafetensors(
  tensors: Iterable<TensorToWrite>,
  openSink: (fileName: string) => Promise<ByteSink>,
  given: ShardedWriteOptions = {},
): Promise<readonly string[]> {
  checkOptionNames("writeShardedSafetensors", given, shardedOptions, SafetensorsError);
  const { maxShardSize = 5e9, ...options } = given;
  const shards = planShards(tensors, maxShardSize);
  const fileNames = shards.map((_, i) => (shards.length === 1 ? singleFileName : shardFileName(i, shards.length)));
  const named = shards.map((shard, i) => [fileNames[i] ?? singleFileName, shard] as const);
  const index = shards.length === 1 ? null : indexText(named);
  for (const [fileName, shard] of named) await writeSafetensors(shard, await openSink(fileName), options);
  if (index === null) return fileNames;
  await (
    await openSink(indexFileName)
  )(new TextEncoder().encode(index));
  return [...fileNames, indexFileName];
}

function shardFileName(index: number, count: number): string {
  const padded = (n: number): string => String(n).padStart(5, "0");
  return `model-${padded(index + 1)}-of-${padded(count)}.safetensors`;
}

function indexText(shards: readonly (readonly [string, readonly TensorToWrite[]])[]): string {
  const weightMap = new Map<string, string>();
  let totalSize = 0;
  let totalParameters = 0;
  for (const [fileName, shard] of shards) {
    for (const tensor of shard) {
      if (weightMap.has(tensor.name)) {
        throw new SafetensorsError(`tensor ${JSON.stringify(tensor.name)}`, "appears twice; names must be unique", {
          name: tensor.name,
        });
      }
      weightMap.set(tensor.name, fileName);
      totalSize += byteLengthOf(tensor);
      totalParameters += byteLengthOf(tensor) / dtypes[tensor.dtype].bytes;
    }
  }
  const lines = [...weightMap]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, file]) => `    ${JSON.stringify(name)}: ${JSON.stringify(file)}`);
  // Built as text: a tensor may be named like any member of an object.
  return `{
  "metadata": {
    "total_parameters": ${totalParameters},
    "total_size": ${totalSize}
  },
  "weight_map": {
${lines.join(",\n")}
  }
}
`;
}
