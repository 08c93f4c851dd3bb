import { basename, dirname, join } from "node:path";
import { writeFileAtomically } from "./node-atomic-file.ts";
import { nodeFileSource } from "./node-file-source.ts";
import { GgufError } from "../../errors.ts";
import type { GgufHeads } from "../gguf/gguf-heads.ts";
import { GgufFile } from "../gguf/gguf-reader.ts";
import { writeGguf, type GgufMetadataToWrite, type GgufTensorToWrite } from "../gguf/gguf-writer.ts";
import { ShardedGguf, shardFileName } from "../gguf/sharded-gguf.ts";

/**
 * Opens a local GGUF file; of a split model (`…-00001-of-0000n.gguf`) the first one, which brings the others beside it.
 *
 * @param heads knows the heads of files that were open before
 * @throws GgufError, ByteSourceError
 */
export async function openGguf(path: string, heads?: GgufHeads): Promise<GgufFile | ShardedGguf> {
  const first = await GgufFile.open(await nodeFileSource(path), heads);
  return ShardedGguf.open(
    first,
    (index, shards) => {
      const name = shardFileName(basename(path), index, shards);
      if (name === null)
        throw new GgufError(
          path,
          `is the first of ${shards} shards, but its name does not end in -00001-of-${String(shards).padStart(5, "0")}.gguf; rename it`,
          {
            shards,
          },
        );
      return nodeFileSource(join(dirname(path), name));
    },
    heads,
  );
}

/** Writes one GGUF file; it appears only when it is whole. */
export async function writeGgufFile(
  path: string,
  metadata: GgufMetadataToWrite,
  tensors: Iterable<GgufTensorToWrite>,
): Promise<void> {
  await writeFileAtomically(path, async (write) => {
    await writeGguf(metadata, tensors, write);
  });
}
