import { ggufModelFiles, isGgufLocation } from "../gguf/index.ts";
import { folderFiles } from "./folder-files.ts";
import type { ModelFiles } from "./model-files.ts";
import { urlFiles } from "./url-files.ts";

/**
 * Model files of a folder path, an http(s) URL, the path or URL of a `.gguf` file, or files given as they are.
 *
 * @throws ModelLoadError
 */
export async function modelFiles(location: string | URL | ModelFiles): Promise<ModelFiles> {
  if (typeof location !== "string" && !(location instanceof URL)) return location;
  if (isGgufLocation(location)) return ggufModelFiles(location);
  if (location instanceof URL) return urlFiles(location);
  return /^https?:\/\//.test(location) ? urlFiles(location) : folderFiles(location);
}

export { folderFiles } from "./folder-files.ts";
export type { ModelFiles } from "./model-files.ts";
export { urlFiles } from "./url-files.ts";
