import { checkOptionNames, HeliumLmError, type OptionNames } from "@helium-lm/tensor";
import { ModelLoadError } from "../errors.ts";
import { type ModelSource, MAX_FILE_BYTES } from "./model-source.ts";
import { isSafetensorsLocation } from "./open-safetensors.ts";

export interface FolderOptions {
  /** Ends what is still to be read. */
  readonly signal?: AbortSignal | undefined;
}

const optionNames: OptionNames<FolderOptions> = { signal: true };

/**
 * A model in a local folder with config.json and safetensors; Node only. Links in it may not lead out of it, except to the
 * `blobs` of a hub cache.
 *
 * @param path the folder, or the safetensors file or index in it that is meant
 * @throws NodeOnlyError in a page; ModelLoadError when the folder does not exist, and for unknown options; from the methods
 *   also for a file that is none, leads out of the folder or is far too large
 */
export async function folderSource(path: string, options: FolderOptions = {}): Promise<ModelSource> {
  checkOptionNames("folderSource", options, optionNames, ModelLoadError);
  const { signal } = options;
  const { isFolder, openSafetensors, readFileInside } = await import("@helium-lm/nn/io/node");
  const isFile = isSafetensorsLocation(path) && !(await isFolder(path));
  const folder = isFile ? parentOf(path) : path;
  if (!(await isFolder(folder)))
    throw new ModelLoadError(folder, "is no folder; give the path of a folder with config.json and model.safetensors", {
      given: folder,
      missing: "folder",
    });
  return {
    location: folder.replace(/(?<=.)[/\\]+$/, ""),
    readBytes: async (name) => {
      signal?.throwIfAborted();
      try {
        return await readFileInside(folder, name, MAX_FILE_BYTES);
      } catch (cause) {
        const file = cause instanceof HeliumLmError ? cause.subject : `${folder}/${name}`;
        const reason = (cause as Error).message.replace(`${file}: `, "");
        throw new ModelLoadError(file, `cannot be read: it ${reason}`, { unreadable: reason }, { cause });
      }
    },
    openWeights: () => openSafetensors(path),
  };
}

/** `a/model.safetensors` → `a` */
const parentOf = (path: string): string => path.replace(/[^/\\]+$/, "").replace(/(?<=.)[/\\]+$/, "") || ".";
