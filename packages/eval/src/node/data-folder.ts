import { readdir, stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { nodeFileSource } from "@helium-lm/nn/io/node";
import type { DataSource } from "../data/data-source.ts";
import { DataError } from "../errors.ts";

/** Folders below each other that are entered: owner, name, configuration, split, and two more. */
const MOST_DEPTH = 6;

/**
 * A folder of the user with datasets in it, or the folder of one: copies of repositories of the hub, its cache, or the files
 * of a dataset's first publication. Nothing is written there, and each folder is listed once: what comes later is not seen.
 *
 * @throws DataError where there is no such folder
 * @example
 * ```ts
 * const hellaswag = await openDataset({ repo: "Rowan/hellaswag" }, "validation", await folderData("./data"));
 * ```
 */
export async function folderData(folder: string): Promise<DataSource> {
  const root = resolve(folder);
  const found = await stat(root).catch(() => null);
  if (!found?.isDirectory())
    throw new DataError(
      folder,
      found === null ? "is not there; check the path" : "is a file; name the folder it is in",
    );
  // A benchmark of many parts asks for the same folders again and again.
  const listed = new Map<string, Promise<readonly string[]>>();
  return {
    location: folder,
    list: (below) => {
      const files = listed.get(below) ?? filesBelow(join(root, ...below.split("/")), below, MOST_DEPTH);
      listed.set(below, files);
      return files;
    },
    open: (path) => nodeFileSource(join(root, ...path.split("/"))),
  };
}

/** Links to files and folders are followed, as a cache has them. */
async function filesBelow(folder: string, path: string, depth: number): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = entries.map(async (entry): Promise<readonly string[]> => {
    // Neither what tools keep for themselves nor models.
    if (entry.name.startsWith(".") || entry.name.startsWith("models--") || entry.name === "node_modules") return [];
    const inner = folder + sep + entry.name;
    const name = path === "" ? entry.name : `${path}/${entry.name}`;
    const kind = entry.isSymbolicLink() ? await stat(inner).catch(() => null) : entry;
    if (kind?.isFile()) return [name];
    return kind?.isDirectory() && depth > 1 ? filesBelow(inner, name, depth - 1) : [];
  });
  return (await Promise.all(found)).flat();
}
