import { mkdir, readdir, realpath, rm, stat } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { readAll, reasonOf, type ByteSource } from "../bytes/byte-source.ts";
import type { CheckpointReader } from "../checkpoint-reader.ts";
import { CheckpointError, SafetensorsError } from "../../errors.ts";
import { createAtomicFile, unwritable, writeFileAtomically, type AtomicFile } from "./node-atomic-file.ts";
import { nodeFileSource } from "./node-file-source.ts";
import { SafetensorsFile } from "../safetensors/safetensors-reader.ts";
import {
  writeSafetensors,
  type SafetensorsWriteOptions,
  type TensorToWrite,
} from "../safetensors/safetensors-writer.ts";
import { ShardedSafetensors, indexFileName } from "../safetensors/sharded-safetensors.ts";
import { singleFileName, writeShardedSafetensors, type ShardedWriteOptions } from "../safetensors/sharded-writer.ts";

/** Far above the index of any checkpoint, far below what would hurt. */
const maxIndexBytes = 100_000_000;

/**
 * Opens local weights: a `.safetensors` file, an index, or a folder with `model.safetensors` or else
 * `model.safetensors.index.json`. Links inside the folder may not lead out of it, except to the `blobs` of a hub cache.
 *
 * @throws CheckpointError naming the file, what is wrong and the mend
 */
export async function openSafetensors(path: string): Promise<CheckpointReader> {
  if (!(await isFolder(path))) return openFile(path, await nodeFileSource(path));
  const fileName = await weightsIn(path);
  return openFile(join(path, fileName), await openInside(path, fileName));
}

/** `source` is the file at `path`: an index by its name, else safetensors. */
async function openFile(path: string, source: ByteSource): Promise<CheckpointReader> {
  if (!path.endsWith(".index.json")) return SafetensorsFile.open(source);
  try {
    if (source.size > maxIndexBytes) {
      throw new SafetensorsError(
        path,
        `has ${source.size} bytes, but an index has at most ${maxIndexBytes}; check that it is one`,
        {
          given: source.size,
          expected: maxIndexBytes,
        },
      );
    }
    const text = new TextDecoder().decode(await source.read(0, source.size));
    return await ShardedSafetensors.open(text, (fileName) => openInside(dirname(path), fileName), path);
  } finally {
    await source.close();
  }
}

/** Writes one safetensors file; it appears only when it is whole. */
export async function writeSafetensorsFile(
  path: string,
  tensors: Iterable<TensorToWrite>,
  options?: SafetensorsWriteOptions,
): Promise<void> {
  await writeFileAtomically(path, async (write) => {
    await writeSafetensors(tensors, write, options);
  });
}

/**
 * Writes weights into a folder, in as many files as `maxShardSize` asks for. No file appears before all are whole; then
 * weights that an earlier save left under other names are removed.
 *
 * @returns the file names written
 * @throws CheckpointError where the folder cannot be made or written
 */
export async function writeSafetensorsFolder(
  folder: string,
  tensors: Iterable<TensorToWrite>,
  options?: ShardedWriteOptions,
): Promise<readonly string[]> {
  if (folder === "") throw new CheckpointError("folder", 'is ""; name the folder to write', { given: folder });
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw unwritable(folder, cause);
  });
  const files: AtomicFile[] = [];
  try {
    const names = await writeShardedSafetensors(
      tensors,
      async (fileName) => {
        const file = await createAtomicFile(join(folder, fileName));
        files.push(file);
        return file.write;
      },
      options,
    );
    for (const file of files) await file.commit();
    await removeStale(folder, new Set(names));
    return names;
  } finally {
    await Promise.all(files.map((file) => file.discard()));
  }
}

/** A reader would take the old weights for the new ones, or count stray shards. */
async function removeStale(folder: string, written: ReadonlySet<string>): Promise<void> {
  const isWeights = /^model(?:-\d{5}-of-\d{5})?\.safetensors(?:\.index\.json)?$/;
  const stale = (await readdir(folder)).filter((name) => isWeights.test(name) && !written.has(name));
  await Promise.all(stale.map((name) => rm(join(folder, name))));
}

/** Whether there is a folder of that path. */
export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );

/** Names of all that is in a folder; none where it cannot be listed. */
export const fileNames = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);

/** The file name to start from. */
async function weightsIn(folder: string): Promise<string> {
  const present = new Set(await readdir(folder));
  const found = [singleFileName, indexFileName].find((name) => present.has(name));
  if (found !== undefined) return found;
  throw new CheckpointError(
    folder,
    `holds neither ${singleFileName} nor ${indexFileName}; name a folder with weights`,
    {
      present: [...present],
    },
  );
}

/**
 * All bytes of a small file of a folder; null where there is none. Links inside the folder may not lead out of it, as for
 * `openSafetensors`, and nothing waits for a pipe.
 *
 * @throws CheckpointError for such a link, for what is not a file, and for one of more than `mostBytes`
 */
export async function readFileInside(folder: string, fileName: string, mostBytes: number): Promise<Uint8Array | null> {
  try {
    return await readAll(await openInside(folder, fileName), mostBytes);
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { readonly code?: unknown };
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw error;
  }
}

/**
 * Opens a file of a folder. Links inside the folder may not lead out of it, as for `openSafetensors`.
 *
 * @throws CheckpointError for such a link and where there is no such file
 */
export async function openInside(folder: string, fileName: string): Promise<ByteSource> {
  const path = join(folder, fileName);
  let target: string;
  let home: string;
  try {
    [target, home] = await Promise.all([realpath(path), realpath(folder)]);
  } catch (cause) {
    throw new CheckpointError(
      path,
      `cannot be opened (${reasonOf(cause)}); check the path or download it again`,
      {},
      { cause },
    );
  }
  // A hub cache: <repository>/snapshots/<revision>/<file> links to <repository>/blobs/<hash>.
  const isSnapshot = basename(dirname(home)) === "snapshots";
  const homes = isSnapshot ? [home, join(dirname(dirname(home)), "blobs")] : [home];
  if (!homes.some((allowed) => target.startsWith(allowed.endsWith(sep) ? allowed : allowed + sep))) {
    throw new CheckpointError(path, "is a link that leads out of its folder; put the file itself there", { target });
  }
  return nodeFileSource(path);
}
