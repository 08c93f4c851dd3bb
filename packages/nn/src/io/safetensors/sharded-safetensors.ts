import { reasonOf, type ByteSource } from "../bytes/byte-source.ts";
import { SafetensorsError, quoted } from "../../errors.ts";
import { closeAll, ShardedFiles } from "../sharded-files.ts";
import { SafetensorsFile } from "./safetensors-reader.ts";
import { parseStrictJson, type JsonValue } from "../json/strict-json.ts";

/** The index beside the shards of a checkpoint. */
export const indexFileName = "model.safetensors.index.json";

/** Twice what the largest checkpoint of today has; a shard is a file kept open. */
const limits = { shards: 4096, tensors: 2 ** 18 };

/** The least characters of a tensor's line in an index: `"a":"b.safetensors",`. */
const leastLine = 20;

/** Shards that are opened at a time. */
const opensAtOnce = 16;

/** Several safetensors files and the index that says which holds what. */
export class ShardedSafetensors extends ShardedFiles<SafetensorsFile> {
  readonly #shardNames: readonly string[];

  private constructor(
    name: string,
    shards: ReadonlyMap<string, SafetensorsFile>,
    shardOf: ReadonlyMap<string, SafetensorsFile>,
  ) {
    super(name, [...shards.values()], shardOf, (tensor, known) => {
      const message = `lists no tensor ${quoted(tensor)}; it lists ${known}`;
      return new SafetensorsError(name, message, { tensor });
    });
    this.#shardNames = [...shards.keys()];
  }

  /**
   * Opens every shard and checks that index and shards agree on every tensor.
   *
   * @param indexJson text of the index
   * @param openShard gives the source of a shard by its plain file name
   * @throws SafetensorsError for a bad index, a shard name that leaves the folder, a missing shard, or tensors listed but
   * absent, or present but not listed; everything opened is closed
   */
  static async open(
    indexJson: string,
    openShard: (fileName: string) => Promise<ByteSource>,
    name: string = indexFileName,
  ): Promise<ShardedSafetensors> {
    const weightMap = parseWeightMap(name, indexJson);
    const fileNames = [...new Set(weightMap.values())];
    const shards = new Map<string, SafetensorsFile>();
    try {
      for (let first = 0; first < fileNames.length; first += opensAtOnce) {
        const names = fileNames.slice(first, first + opensAtOnce);
        const opened = await Promise.allSettled(names.map((fileName) => openOne(name, fileName, openShard)));
        opened.forEach((result, i) => {
          if (result.status === "fulfilled") shards.set(names[i] ?? "", result.value);
        });
        const failed = opened.find((result) => result.status === "rejected");
        if (failed) throw failed.reason;
      }
      return new ShardedSafetensors(name, shards, locate(name, weightMap, shards));
    } catch (error) {
      await closeAll(shards.values());
      throw error;
    }
  }

  /** Plain file names, in the order of the index. */
  shardNames(): readonly string[] {
    return this.#shardNames;
  }
}

/** Tensor name → shard file name. */
function parseWeightMap(index: string, text: string): ReadonlyMap<string, string> {
  const fail = (reason: string): never => {
    throw new SafetensorsError(index, `${reason}; download or write the index again`);
  };
  const mostValues = Math.min(limits.tensors, 1024 + Math.ceil(text.length / leastLine));
  const document = parseStrictJson(text, (reason) => fail(`is not valid JSON: ${reason}`), mostValues);
  const listed = document instanceof Map ? (document as ReadonlyMap<string, JsonValue>).get("weight_map") : undefined;
  if (!(listed instanceof Map)) return fail("needs an object weight_map");
  const weightMap = new Map<string, string>();
  const shards = new Set<string>();
  for (const [tensor, shard] of listed as ReadonlyMap<string, JsonValue>) {
    if (typeof shard !== "string" || !isPlainFileName(shard)) {
      const given = typeof shard === "string" ? quoted(shard) : "something else";
      return fail(`weight_map ${quoted(tensor)} must name a .safetensors file in the same folder, given ${given}`);
    }
    weightMap.set(tensor, shard);
    shards.add(shard);
    if (shards.size > limits.shards) fail(`names more than ${limits.shards} shards`);
  }
  return weightMap;
}

/** No separators, no drive or scheme, no control characters, no leading dot: the name cannot leave its folder. */
function isPlainFileName(name: string): boolean {
  return /^[^./\\:\p{Cc}][^/\\:\p{Cc}]*\.safetensors$/u.test(name);
}

async function openOne(
  index: string,
  fileName: string,
  openShard: (fileName: string) => Promise<ByteSource>,
): Promise<SafetensorsFile> {
  try {
    return await SafetensorsFile.open(await openShard(fileName));
  } catch (cause) {
    throw new SafetensorsError(
      index,
      `shard ${quoted(fileName)} cannot be used: ${reasonOf(cause)}`,
      { shard: fileName },
      { cause },
    );
  }
}

/** Tensor name → open shard, after index and shards were compared both ways. */
function locate(
  index: string,
  weightMap: ReadonlyMap<string, string>,
  shards: ReadonlyMap<string, SafetensorsFile>,
): ReadonlyMap<string, SafetensorsFile> {
  const shardOf = new Map<string, SafetensorsFile>();
  for (const [tensor, fileName] of weightMap) {
    const file = shards.get(fileName);
    if (!file?.has(tensor)) {
      throw new SafetensorsError(
        index,
        `lists tensor ${quoted(tensor)} in ${quoted(fileName)}, which does not hold it; download both again`,
        {
          tensor,
          shard: fileName,
        },
      );
    }
    shardOf.set(tensor, file);
  }
  for (const [fileName, file] of shards) {
    const stray = file.names().find((tensor) => weightMap.get(tensor) !== fileName);
    if (stray !== undefined) {
      throw new SafetensorsError(
        index,
        `does not list tensor ${quoted(stray)} for ${quoted(fileName)}, which holds it; download both again`,
        {
          tensor: stray,
          shard: fileName,
        },
      );
    }
  }
  return shardOf;
}
