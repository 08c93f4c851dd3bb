import { checkOptionNames, HeliumLmError, type OptionNames } from "@helium-lm/tensor";
import { ModelLoadError } from "../errors.ts";
import { type ModelSource, MAX_FILE_BYTES } from "./model-source.ts";
import { orOnlyGguf } from "./only-gguf.ts";
import { isSafetensorsLocation } from "./open-safetensors.ts";

export interface FolderOptions {
  /** Ends what is still to be read. */
  readonly signal?: AbortSignal | undefined;
}

const optionNames: OptionNames<FolderOptions> = { signal: true };

/**
 * A model in a local folder; Node only. The folder has config.json and safetensors, or one GGUF model and no safetensors.
 * Links in it may not lead out of it, except to the `blobs` of a hub cache.
 *
 * @param path the folder, or the safetensors file or index in it that is meant
 * @throws NodeOnlyError in a page; ModelLoadError when the folder does not exist, and for unknown options; from the methods
 *   also for several GGUF models, and for what is not a file, leads out of the folder or is far too large
 *
 * @example
 * const source = await folderSource("models/helium-nano");
 * console.log((await AutoConfig.fromPretrained(source)).modelType); // helium
 */
export async function folderSource(path: string, options: FolderOptions = {}): Promise<ModelSource> {
  checkOptionNames("folderSource", options, optionNames, ModelLoadError);
  const { signal } = options;
  const { fileNames, isFolder, openInside, openSafetensors, readFileInside } = await import("@helium-lm/nn/io/node");
  const isFile = isSafetensorsLocation(path) && !(await isFolder(path));
  const folder = isFile ? parentOf(path) : path;
  if (!(await isFolder(folder)))
    throw new ModelLoadError(
      folder,
      "is not a folder; give the path of a folder with config.json and model.safetensors, or with a GGUF file",
      { given: folder, missing: "folder" },
    );
  const files: ModelSource = {
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
  if (isFile) return files;
  const names = await fileNames(folder);
  if (!names.some((name) => /\.gguf$/i.test(name))) return files;
  const { ggufSourceOf } = await import("./gguf-source.ts");
  return orOnlyGguf(
    files,
    names,
    (name) =>
      ggufSourceOf(`${files.location}/${name}`, name, async (file) => {
        signal?.throwIfAborted();
        return openInside(folder, file);
      }),
    (name) => `give the path of one, such as ${files.location}/${name}`,
  );
}

/** `a/model.safetensors` → `a` */
const parentOf = (path: string): string => path.replace(/[^/\\]+$/, "").replace(/(?<=.)[/\\]+$/, "") || ".";
