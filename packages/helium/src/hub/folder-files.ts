import { HeliumLmError } from "@helium-lm/tensor";
import { ModelLoadError } from "../errors.ts";
import type { ModelFiles } from "./model-files.ts";
import { MOST_SMALL_BYTES, textOf } from "./small-file.ts";

/**
 * Model files in a local folder; Node only. Links in it may not lead out of it, except to the `blobs` of a hub cache.
 *
 * @throws NodeOnlyError in a page; ModelLoadError when the folder does not exist; from the methods also for a file that is none, leads out of the
 *   folder or is far too large
 */
export async function folderFiles(
  folder: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<ModelFiles> {
  const { isFolder, openSafetensors, readFileInside } = await import("@helium-lm/nn/io/node");
  if (!(await isFolder(folder)))
    throw new ModelLoadError(folder, "is no folder; give the path of a folder with config.json and model.safetensors", {
      given: folder,
    });
  const readBytes = async (name: string): Promise<Uint8Array | null> => {
    signal?.throwIfAborted();
    try {
      return await readFileInside(folder, name, MOST_SMALL_BYTES);
    } catch (cause) {
      const file = cause instanceof HeliumLmError ? cause.subject : `${folder}/${name}`;
      const reason = (cause as Error).message.replace(`${file}: `, "");
      throw new ModelLoadError(file, `cannot be read: it ${reason}`, {}, { cause });
    }
  };
  return {
    location: folder.replace(/(?<=.)[/\\]+$/, ""),
    readText: async (name) => {
      const bytes = await readBytes(name);
      return bytes === null ? null : textOf(bytes);
    },
    readBytes,
    openWeights: () => openSafetensors(folder),
  };
}
