import { HubNotFoundError, HubStorageError } from "../../errors.ts";
import { formatHubId, type HubId } from "../hub-id.ts";
import { checkCacheOptions, entriesBelow, filesBelow, readRepo, sum, type CacheOptions } from "./cache-contents.ts";
import { exists, nodeBuiltins, type NodeBuiltins } from "./node-builtins.ts";
import { cacheFolder, repoFolderName } from "./node-settings.ts";
import { storing } from "./storage-failure.ts";

/** A lock that was touched so lately belongs to a running download, unless its process is known to have ended. */
const FRESH_MS = 15_000;

/**
 * Removes a model from the cache, or one revision of it and what no other revision has. Of what is a link, the link goes
 * and what it leads to stays.
 *
 * @returns bytes that are free now
 * @throws HubNotFoundError when it is not there; HubStorageError when it is being fetched or cannot be removed;
 *   ModelLoadError for unknown options
 */
export async function removeFromCache(id: HubId, options: CacheOptions = {}): Promise<number> {
  checkCacheOptions("removeFromCache", options);
  const node = await nodeBuiltins();
  const cache = cacheFolder(options, node);
  const folder = node.path.join(cache, repoFolderName(id.repo));
  const found = await readRepo(node, id.repo, folder).catch(() => null);
  const revision = found?.revisions.find(({ commit, refs }) => isMeant(id.revision ?? "", commit, refs));
  const isThere = found !== null && (await exists(node, folder));
  if (!isThere || (id.revision !== undefined && revision === undefined)) {
    const known =
      found?.revisions.flatMap(({ commit, refs }) => (refs.length > 0 ? refs : [commit.slice(0, 12)])) ?? [];
    const mend = isThere ? `it has ${known.join(", ")}` : "helium models lists what is there";
    throw new HubNotFoundError(formatHubId(id), `is not in the cache ${cache}; ${mend}`);
  }
  const locks = node.path.join(cache, ".locks", repoFolderName(id.repo));
  await refuseWhileFetched(node, id, locks);
  return storing(folder, async () => {
    const before = await ownBytes(node, folder);
    if (revision === undefined || found.revisions.length === 1) {
      await removeTree(node, cache, folder);
      await removeEntry(node, await node.fs.realpath(cache), locks);
      return before;
    }
    const home = await node.fs.realpath(folder);
    if ((await node.fs.lstat(folder)).isSymbolicLink())
      throw new HubStorageError(folder, `is a link to ${home}; remove the whole model, or the revision there`);
    for (const ref of revision.refs) await removeEntry(node, home, node.path.join(folder, "refs", ...ref.split("/")));
    const snapshot = node.path.join(folder, "snapshots", revision.commit);
    if (await isEntryOf(node, home, snapshot)) await removeTree(node, cache, snapshot);
    await removeEntry(node, home, node.path.join(folder, ".no_exist", revision.commit));
    await removeStray(node, folder, home);
    return before - (await ownBytes(node, folder));
  });
}

const isMeant = (revision: string, commit: string, refs: readonly string[]): boolean =>
  refs.includes(revision) || (/^[0-9a-f]{7,40}$/.test(revision) && commit.startsWith(revision));

async function refuseWhileFetched(node: NodeBuiltins, id: HubId, locks: string): Promise<void> {
  const { fs, path } = node;
  for (const name of await fs.readdir(locks).catch(() => [])) {
    const lock = path.join(locks, name);
    const found = await fs.lstat(lock).catch(() => null);
    if (!name.endsWith(".helium.lock") || !found?.isFile() || Date.now() - found.mtimeMs >= FRESH_MS) continue;
    if (await node.locks.isAbandonedLock(await fs.readFile(lock, "utf8").catch(() => ""))) continue;
    throw new HubStorageError(formatHubId(id), "is being fetched by another process; end it, or wait for it");
  }
}

/** Takes the folder away under one name, so that no half of it is ever found, then frees it. */
async function removeTree({ fs, path }: NodeBuiltins, cache: string, folder: string): Promise<void> {
  const aside = path.join(cache, `.removed-${crypto.randomUUID()}`);
  await fs.rename(folder, aside);
  await fs.rm(aside, { recursive: true, force: true });
}

/** Content that no snapshot links to. */
async function removeStray(node: NodeBuiltins, folder: string, home: string): Promise<void> {
  const { fs, path } = node;
  const used = await filesBelow(node, path.join(folder, "snapshots"));
  for (const { file } of await entriesBelow(node, path.join(folder, "blobs")))
    if (!used.has(await fs.realpath(file).catch(() => file))) await removeEntry(node, home, file);
}

/** Removes a file, a folder or a link of the repository's folder, whose real path is `home`. */
async function removeEntry(node: NodeBuiltins, home: string, entry: string): Promise<void> {
  if (await isEntryOf(node, home, entry)) await node.fs.rm(entry, { recursive: true, force: true });
}

/** Whether the folder that holds an entry lies in `home`, and not behind a link that leads out of it. */
async function isEntryOf({ fs, path }: NodeBuiltins, home: string, entry: string): Promise<boolean> {
  const parent = await fs.realpath(path.dirname(entry)).catch(() => null);
  return parent !== null && (parent === home || parent.startsWith(home + path.sep));
}

/** Bytes of content that lie in the folder itself, and go with it. */
async function ownBytes(node: NodeBuiltins, folder: string): Promise<number> {
  const { fs, path } = node;
  if ((await fs.lstat(folder)).isSymbolicLink()) return 0;
  const sizes = ["blobs", "snapshots"].map(async (name) => {
    const found = await fs.lstat(path.join(folder, name)).catch(() => null);
    if (!found?.isDirectory()) return 0;
    const files = (await entriesBelow(node, path.join(folder, name))).filter(({ entry }) => entry.isFile());
    return sum(await Promise.all(files.map(async ({ file }) => (await fs.lstat(file)).size)));
  });
  return sum(await Promise.all(sizes));
}
