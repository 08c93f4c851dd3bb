import type { Dirent } from "node:fs";
import { checkOptionNames, type OptionNames } from "@helium-lm/tensor";
import { ModelLoadError } from "../../errors.ts";
import { isCommit } from "../hub-id.ts";
import type { HubOptions } from "../hub-options.ts";
import { nodeBuiltins, type NodeBuiltins } from "./node-builtins.ts";
import { cacheFolder, repoOfFolder } from "./node-settings.ts";

export interface CachedRevision {
  readonly commit: string;
  /** Branches and tags that were at this commit when last seen. */
  readonly refs: readonly string[];
  readonly files: number;
  readonly bytes: number;
}

export interface CachedRepo {
  /** `org/name` */
  readonly repo: string;
  readonly folder: string;
  /** On the disk: what revisions share counts once, what is not finished too. */
  readonly bytes: number;
  readonly unfinishedBytes: number;
  readonly revisions: readonly CachedRevision[];
}

export type CacheOptions = Pick<HubOptions, "cacheDir" | "env">;

const optionNames: OptionNames<CacheOptions> = { cacheDir: true, env: true };

/** @param call for the message @throws ModelLoadError for unknown options, with the nearest */
export const checkCacheOptions = (call: string, options: CacheOptions): void =>
  checkOptionNames(call, options, optionNames, ModelLoadError);

/** The folder of the cache, which need not be there: as huggingface_hub finds it. @throws ModelLoadError for unknown options */
export async function cacheLocation(options: CacheOptions = {}): Promise<string> {
  checkCacheOptions("cacheLocation", options);
  return cacheFolder(options, await nodeBuiltins());
}

/** The models in the cache, also those that other tools brought there. @throws ModelLoadError for unknown options */
export async function listCache(options: CacheOptions = {}): Promise<readonly CachedRepo[]> {
  checkCacheOptions("listCache", options);
  const node = await nodeBuiltins();
  const cache = cacheFolder(options, node);
  const folders = await node.fs.readdir(cache).catch(() => []);
  const repos = folders.sort().flatMap((folder) => {
    const repo = repoOfFolder(folder);
    return repo === null ? [] : [readRepo(node, repo, node.path.join(cache, folder))];
  });
  return Promise.all(repos);
}

/** What is there of one repository. */
export async function readRepo(node: NodeBuiltins, repo: string, folder: string): Promise<CachedRepo> {
  const { path } = node;
  const refs = await readRefs(node, path.join(folder, "refs"));
  const commits = (await node.fs.readdir(path.join(folder, "snapshots")).catch(() => [])).filter(isCommit).sort();
  const revisions: CachedRevision[] = [];
  const all = await filesBelow(node, path.join(folder, "blobs"));
  for (const commit of commits) {
    const files = await filesBelow(node, path.join(folder, "snapshots", commit));
    const named = [...refs].filter(([, target]) => target === commit).map(([ref]) => ref);
    revisions.push({ commit, refs: named.sort(), files: files.size, bytes: sum(files.values()) });
    for (const [file, size] of files) all.set(file, size);
  }
  const unfinished = [...all].filter(([file]) => file.endsWith(".incomplete")).map(([, size]) => size);
  return { repo, folder, bytes: sum(all.values()), unfinishedBytes: sum(unfinished), revisions };
}

export const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

/** Branch or tag → commit. */
async function readRefs(node: NodeBuiltins, folder: string): Promise<ReadonlyMap<string, string>> {
  const { fs, path } = node;
  const refs = new Map<string, string>();
  for (const { file, entry } of await entriesBelow(node, folder)) {
    if (!entry.isFile()) continue;
    const commit = (await fs.readFile(file, "utf8").catch(() => "")).trim();
    if (isCommit(commit)) refs.set(path.relative(folder, file).split(path.sep).join("/"), commit);
  }
  return refs;
}

/** Sizes of the files below a folder by their real paths, to which links are followed. */
export async function filesBelow(node: NodeBuiltins, folder: string): Promise<Map<string, number>> {
  const { fs } = node;
  const files = new Map<string, number>();
  for (const { file } of await entriesBelow(node, folder)) {
    const [real, found] = await Promise.all([fs.realpath(file).catch(() => file), fs.stat(file).catch(() => null)]);
    if (found?.isFile()) files.set(real, found.size);
  }
  return files;
}

/** Everything below a folder that is not a folder; links to folders are not entered. */
export async function entriesBelow(
  node: NodeBuiltins,
  folder: string,
): Promise<{ readonly file: string; readonly entry: Dirent }[]> {
  const entries = await node.fs.readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = entries.map(async (entry) => {
    const file = node.path.join(folder, entry.name);
    return entry.isDirectory() ? entriesBelow(node, file) : [{ file, entry }];
  });
  return (await Promise.all(found)).flat();
}
