import { ModelLoadError } from "../errors.ts";
import type { ModelFiles } from "./model-files.ts";

/**
 * Model files in a local folder; Node only, and the only place that loads Node's modules.
 *
 * @throws ModelLoadError when the folder does not exist
 */
export async function folderFiles(folder: string): Promise<ModelFiles> {
  const { readFile, stat } = await import("node:fs/promises");
  const path = await import("node:path");
  const isFolder = await stat(folder).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (!isFolder)
    throw new ModelLoadError(folder, "is no folder; give the path of a folder with config.json and model.safetensors", {
      given: folder,
    });
  const orNull = <T>(name: string, content: Promise<T>): Promise<T | null> =>
    content.catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      const problem = `cannot be read (${error.message})`;
      throw new ModelLoadError(path.join(folder, name), problem, { code: error.code }, { cause: error });
    });
  return {
    location: folder,
    readText: (name) => orNull(name, readFile(path.join(folder, name), "utf8")),
    readBytes: (name) => orNull(name, readFile(path.join(folder, name))),
    openWeights: async () => {
      const { openSafetensors } = await import("@helium-lm/nn/io/node");
      return openSafetensors(folder);
    },
  };
}
