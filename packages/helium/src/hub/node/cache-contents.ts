import { HubNotFoundError, HubStorageError } from "../errors.ts";
import { formatHubId, isCommit, type HubId } from "../hub-id.ts";
import type { HubOptions } from "../hub-options.ts";
import { repoFolderName, repoOfFolder } from "./cache-folder.ts";
import { nodeHost, type NodeHost } from "./node-host.ts";
import { exists } from "./path-exists.ts";
import { cacheFolder } from "./node-settings.ts";
import { storing } from "./storage-failure.ts";

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

type CacheOptions = Pick<HubOptions, "cacheDir" | "env">;

/** A lock that was touched so lately belongs to a running download. */
const FRESH_MS = 15_000;

/** The models in the cache, also those that other tools brought there. */
export async function listCache(options: CacheOptions = {}): Promise<readonly CachedRepo[]> {
  const host = await nodeHost();
  const cache = cacheFolder(options, host);
  const folders = await host.fs.readdir(cache).catch(() => []);
  const repos = folders.sort().flatMap((folder) => {
    const repo = repoOfFolder(folder);
    return repo === null ? [] : [readRepo(host, repo, host.path.join(cache, folder))];
  });
  return Promise.all(repos);
}

/**
 * Removes a model from the cache, or one revision of it and what no other revision has.
 *
 * @returns bytes that are free now
 * @throws HubNotFoundError when it is not there; HubStorageError when it is being fetched or cannot be removed
 */
export async function removeFromCache(id: HubId, options: CacheOptions = {}): Promise<number> {
  const host = await nodeHost();
  const cache = cacheFolder(options, host);
  const folder = host.path.join(cache, repoFolderName(id.repo));
  const found = await readRepo(host, id.repo, folder).catch(() => null);
  const revision = found?.revisions.find(({ commit, refs }) => isMeant(id.revision ?? "", commit, refs));
  const isThere = found !== null && (await exists(host, folder));
  if (!isThere || (id.revision !== undefined && revision === undefined)) {
    const known =
      found?.revisions.flatMap(({ commit, refs }) => (refs.length > 0 ? refs : [commit.slice(0, 12)])) ?? [];
    const mend = isThere ? `it has ${known.join(", ")}` : "helium models lists what is there";
    throw new HubNotFoundError(formatHubId(id), `is not in the cache ${cache}; ${mend}`);
  }
  const locks = host.path.join(cache, ".locks", repoFolderName(id.repo));
  await refuseWhileFetched(host, id, locks);
  return storing(folder, async () => {
    if (revision === undefined || found.revisions.length === 1) {
      await removeTree(host, cache, folder);
      await host.fs.rm(locks, { recursive: true, force: true });
      return found.bytes;
    }
    for (const ref of revision.refs)
      await host.fs.rm(host.path.join(folder, "refs", ...ref.split("/")), { force: true });
    await removeTree(host, cache, host.path.join(folder, "snapshots", revision.commit));
    await host.fs.rm(host.path.join(folder, ".no_exist", revision.commit), { recursive: true, force: true });
    await removeStray(host, folder);
    return found.bytes - (await readRepo(host, id.repo, folder)).bytes;
  });
}

const isMeant = (revision: string, commit: string, refs: readonly string[]): boolean =>
  refs.includes(revision) || (/^[0-9a-f]{7,40}$/.test(revision) && commit.startsWith(revision));

async function readRepo(host: NodeHost, repo: string, folder: string): Promise<CachedRepo> {
  const { path } = host;
  const refs = await readRefs(host, path.join(folder, "refs"));
  const commits = (await host.fs.readdir(path.join(folder, "snapshots")).catch(() => [])).filter(isCommit).sort();
  const revisions: CachedRevision[] = [];
  const all = await filesBelow(host, path.join(folder, "blobs"));
  for (const commit of commits) {
    const files = await filesBelow(host, path.join(folder, "snapshots", commit));
    const named = [...refs].filter(([, target]) => target === commit).map(([ref]) => ref);
    revisions.push({ commit, refs: named.sort(), files: files.size, bytes: sum(files.values()) });
    for (const [file, size] of files) all.set(file, size);
  }
  const unfinished = [...all].filter(([file]) => file.endsWith(".incomplete")).map(([, size]) => size);
  return { repo, folder, bytes: sum(all.values()), unfinishedBytes: sum(unfinished), revisions };
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

/** Branch or tag → commit. */
async function readRefs({ fs, path }: NodeHost, folder: string): Promise<ReadonlyMap<string, string>> {
  const names = await fs.readdir(folder, { recursive: true }).catch(() => []);
  const refs = new Map<string, string>();
  for (const name of names) {
    const commit = (await fs.readFile(path.join(folder, name), "utf8").catch(() => "")).trim();
    if (isCommit(commit)) refs.set(name.split(path.sep).join("/"), commit);
  }
  return refs;
}

/** Sizes of the files below a folder by their real paths, to which links are followed. */
async function filesBelow({ fs, path }: NodeHost, folder: string): Promise<Map<string, number>> {
  const files = new Map<string, number>();
  for (const name of await fs.readdir(folder, { recursive: true }).catch(() => [])) {
    const file = path.join(folder, name);
    const [real, found] = await Promise.all([fs.realpath(file).catch(() => file), fs.stat(file).catch(() => null)]);
    if (found?.isFile()) files.set(real, found.size);
  }
  return files;
}

async function refuseWhileFetched({ fs, path }: NodeHost, id: HubId, locks: string): Promise<void> {
  for (const name of await fs.readdir(locks).catch(() => [])) {
    const found = await fs.stat(path.join(locks, name)).catch(() => null);
    if (name.endsWith(".helium.lock") && found !== null && Date.now() - found.mtimeMs < FRESH_MS)
      throw new HubStorageError(formatHubId(id), "is being fetched by another process; end it, or wait for it");
  }
}

/** Takes the folder away under one name, so that no half of it is ever found, then frees it. */
async function removeTree({ fs, path }: NodeHost, cache: string, folder: string): Promise<void> {
  const aside = path.join(cache, `.removed-${crypto.randomUUID()}`);
  await fs.rename(folder, aside);
  await fs.rm(aside, { recursive: true, force: true });
}

/** Content that no snapshot links to. */
async function removeStray(host: NodeHost, folder: string): Promise<void> {
  const used = await filesBelow(host, host.path.join(folder, "snapshots"));
  for (const file of (await filesBelow(host, host.path.join(folder, "blobs"))).keys())
    if (!used.has(file)) await host.fs.rm(file, { force: true });
}
