import { reasonOf, type ByteSource } from "../bytes/byte-source.ts";
import { quoted, GgufError } from "../../errors.ts";
import type { GgufHeads } from "./gguf-heads.ts";
import { GgufFile } from "./gguf-reader.ts";
import type { GgufMetadata } from "./gguf-values.ts";
import { closeAll, ShardedFiles } from "../sharded-files.ts";

/** More shards than any model has. */
const maxShards = 4096;

/**
 * The file name of shard `index` (from 0) of a split model, given that of another of its shards.
 * `model-00001-of-00003.gguf` → `model-00002-of-00003.gguf`
 *
 * @returns null when the name has not that form, or names another number of shards
 */
export function shardFileName(fileName: string, index: number, shards: number): string | null {
  const padded = (n: number): string => String(n).padStart(5, "0");
  const pattern = new RegExp(`-\\d{5}-of-${padded(shards)}\\.gguf$`);
  return pattern.test(fileName) ? fileName.replace(pattern, `-${padded(index + 1)}-of-${padded(shards)}.gguf`) : null;
}

/** A model in several GGUF files: metadata in the first one, tensors in all. */
export class ShardedGguf extends ShardedFiles<GgufFile> {
  readonly metadata: GgufMetadata;
  readonly #first: GgufFile;

  private constructor(shards: readonly GgufFile[], first: GgufFile, shardOf: ReadonlyMap<string, GgufFile>) {
    super(first.name, shards, shardOf, (tensor, known) => {
      const message = `and its shards have no tensor ${quoted(tensor)}; they hold ${known}`;
      return new GgufError(first.name, message, { tensor });
    });
    this.metadata = first.metadata;
    this.#first = first;
  }

  /**
   * The whole model that begins with `first`: the file itself if it is not split.
   *
   * @param openShard gives the source of shard `index` (from 1) of `shards`
   * @param heads knows the heads of shards that were open before
   * @throws GgufError when `first` is not the first shard, or the shards do not belong together; all are closed then
   */
  static async open(
    first: GgufFile,
    openShard: (index: number, shards: number) => Promise<ByteSource>,
    heads?: GgufHeads,
  ): Promise<GgufFile | ShardedGguf> {
    const opened: GgufFile[] = [first];
    try {
      const shards = first.metadata.number("split.count") ?? 1;
      if (shards <= 1) return first;
      if (shards > maxShards) throw new GgufError(first.name, `claims ${shards} shards, but the limit is ${maxShards}`);
      checkShard(first, 0, shards);
      for (let index = 1; index < shards; index++) {
        const shard = await openOne(first.name, index, shards, openShard, heads);
        opened.push(shard);
        checkShard(shard, index, shards);
      }
      return new ShardedGguf(opened, first, locate(opened, first));
    } catch (error) {
      await closeAll(opened);
      throw error;
    }
  }

  /** As `GgufFile.numbers`. */
  numbers(key: string): Promise<readonly number[] | undefined> {
    return this.#first.numbers(key);
  }

  /** As `GgufFile.texts`. */
  texts(key: string): Promise<readonly string[] | undefined> {
    return this.#first.texts(key);
  }
}

async function openOne(
  first: string,
  index: number,
  shards: number,
  openShard: (index: number, shards: number) => Promise<ByteSource>,
  heads: GgufHeads | undefined,
): Promise<GgufFile> {
  try {
    return await GgufFile.open(await openShard(index, shards), heads);
  } catch (cause) {
    throw new GgufError(
      first,
      `shard ${index + 1} of ${shards} cannot be used: ${reasonOf(cause)}`,
      { index, shards },
      { cause },
    );
  }
}

function checkShard({ name, metadata }: GgufFile, index: number, shards: number): void {
  const given = metadata.number("split.no");
  const count = metadata.number("split.count");
  if (given === index && count === shards) return;
  throw new GgufError(
    name,
    index === 0
      ? `is shard ${(given ?? 0) + 1} of ${shards}; name the first one`
      : `says it is shard ${(given ?? 0) + 1} of ${count ?? 1}, expected ${index + 1} of ${shards}; download it again`,
    { given, count, expected: index },
  );
}

/** Tensor name → its shard; no name twice, and as many as the first shard announces. */
function locate(shards: readonly GgufFile[], first: GgufFile): ReadonlyMap<string, GgufFile> {
  const shardOf = new Map<string, GgufFile>();
  for (const shard of shards) {
    for (const tensor of shard.names()) {
      if (shardOf.has(tensor))
        throw new GgufError(
          shard.name,
          `holds tensor ${quoted(tensor)}, which is also in another shard; download both again`,
          { tensor },
        );
      shardOf.set(tensor, shard);
    }
  }
  const announced = first.metadata.number("split.tensors.count");
  if (announced !== undefined && announced !== shardOf.size)
    throw new GgufError(
      first.name,
      `announces ${announced} tensors, but its shards hold ${shardOf.size}; download them again`,
      {
        expected: announced,
        given: shardOf.size,
      },
    );
  return shardOf;
}
