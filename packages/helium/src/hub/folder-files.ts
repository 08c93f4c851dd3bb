import { ModelLoadError } from "../errors.ts";
import type { ModelFiles } from "./model-files.ts";
import { MOST_SMALL_BYTES, textOf } from "./small-file.ts";

/**
 * Model files in a local folder; Node only, and the only place that loads Node's modules. Links in it may not lead out of
 * it, except to the `blobs` of a hub cache.
 *
 * @throws ModelLoadError when the folder does not exist; from the methods also for a file that is none, leads out of the
 *   folder or is far too large
 */
export async function folderFiles(
  folder: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<ModelFiles> {
  const { stat } = await import("node:fs/promises");
  const path = await import("node:path");
  const { openSafetensors, readFileInside } = await import("@helium-lm/nn/io/node");
  const isFolder = await stat(folder).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (!isFolder)
    throw new ModelLoadError(folder, "is no folder; give the path of a folder with config.json and model.safetensors", {
      given: folder,
    });
  const readBytes = async (name: string): Promise<Uint8Array | null> => {
    signal?.throwIfAborted();
    try {
      return await readFileInside(folder, name, MOST_SMALL_BYTES);
    } catch (cause) {
      const file = path.join(folder, name);
      const reason = (cause as Error).message.replace(`${file}: `, "");
      throw new ModelLoadError(file, `cannot be read: it ${reason}`, {}, { cause });
    }
  };
  return {
    location: folder,
    readText: async (name) => {
      const bytes = await readBytes(name);
      return bytes === null ? null : textOf(bytes);
    },
    readBytes,
    openWeights: () => openSafetensors(folder),
  };
}
