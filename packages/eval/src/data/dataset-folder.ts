import { readAll } from "@helium-lm/nn";
import type { DataSource } from "./data-source.ts";

/** A dataset found in a source. */
export interface DatasetFolder {
  /** Path of its folder in the source; "" for the source itself. */
  readonly path: string;
  /** Paths of its files below that folder. */
  readonly files: readonly string[];
}

/** Of a file in `refs`, which holds the hash of a commit. */
const MOST_REF_BYTES = 1024;

/** Where a repository of the hub may lie below a user's folder, but for the snapshots of a cache. */
export function folderNames(repo: string): readonly string[] {
  const [owner = "", name = ""] = repo.split("/");
  return [repo, `${owner}--${name}`, `${owner}__${name}`, `${owner}_${name}`, name];
}

/** How caches of the hub call it. */
const cacheName = (repo: string): string => `datasets--${repo.replace("/", "--")}`;

/** For messages: all folders that `datasetFolders` looks into. */
export function placesOf(repo: string): readonly string[] {
  return [`${cacheName(repo)}/snapshots`, ...folderNames(repo)];
}

/**
 * The folders of a source that may hold a repository: a cache's snapshot of `main`, else its other ones; folders called
 * after it; the source itself.
 */
export async function datasetFolders(repo: string, source: DataSource): Promise<readonly DatasetFolder[]> {
  const found: DatasetFolder[] = [];
  const add = async (path: string): Promise<void> => {
    const files = await source.list(path);
    const below = files.map((file) => (path === "" ? file : file.slice(path.length + 1)));
    if (below.length > 0) found.push({ path, files: below });
  };
  if (source.repo !== undefined) {
    await add("");
    return found;
  }
  for (const commit of await snapshotsOf(repo, source)) await add(`${cacheName(repo)}/snapshots/${commit}`);
  for (const name of folderNames(repo)) await add(name);
  // The folder of the dataset itself; a folder of folders that `add` found is not meant.
  if (found.length === 0) await add("");
  return found;
}

async function snapshotsOf(repo: string, source: DataSource): Promise<readonly string[]> {
  const folder = cacheName(repo);
  const files = await source.list(`${folder}/snapshots`);
  const commits = [...new Set(files.map((file) => file.split("/")[2] ?? ""))].sort();
  const refs = await source.list(`${folder}/refs`);
  const main = `${folder}/refs/main`;
  if (!refs.includes(main)) return commits;
  const commit = new TextDecoder().decode(await readAll(await source.open(main), MOST_REF_BYTES)).trim();
  return commits.includes(commit) ? [commit, ...commits.filter((other) => other !== commit)] : commits;
}
