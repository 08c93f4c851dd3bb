import { ggufModelFiles, isGgufLocation } from "../gguf/index.ts";
import { folderFiles } from "./folder-files.ts";
import { hubFiles } from "./hub-files.ts";
import { parseHubId } from "./hub-id.ts";
import type { HubOptions } from "./hub-options.ts";
import { pathExists } from "./node/path-exists.ts";
import type { ModelFiles } from "./model-files.ts";
import { shippedFolder, shippedName } from "./shipped-models.ts";
import { sourceOptions, urlFiles } from "./url-files.ts";

/**
 * Model files of a folder path, an http(s) URL, the path or URL of a `.gguf` file, a repository of the hub
 * (`org/name`, `org/name@revision`, `org/name:file.gguf`) where there is no folder of that name, an installed small model
 * (`helium-nano`) likewise, or files given as they are.
 *
 * @throws ModelLoadError
 */
export async function modelFiles(location: string | URL | ModelFiles, options: HubOptions = {}): Promise<ModelFiles> {
  if (typeof location !== "string" && !(location instanceof URL)) return location;
  const id = typeof location === "string" ? parseHubId(location) : null;
  if (id !== null && !(await pathExists(String(location)))) return hubFiles(id, options);
  const shipped = typeof location === "string" ? await shippedName(location) : null;
  if (shipped !== null) return folderFiles(await shippedFolder(shipped), options);
  if (isGgufLocation(location)) return ggufModelFiles(location, sourceOptions(options));
  if (location instanceof URL) return urlFiles(location, options);
  return /^https?:\/\//.test(location) ? urlFiles(location, options) : folderFiles(location, options);
}

export * from "./errors.ts";
export { folderFiles } from "./folder-files.ts";
export { hubFiles } from "./hub-files.ts";
export { formatHubId, parseHubId, type HubId } from "./hub-id.ts";
export type { DownloadProgress, HubOptions, RetryOptions } from "./hub-options.ts";
export type { ModelFiles } from "./model-files.ts";
export { pullModel, type PulledModel } from "./pull-model.ts";
export { urlFiles, type UrlOptions } from "./url-files.ts";
