import { readAll, type ByteSource } from "@helium-lm/nn";
import type { FileLockOptions } from "@helium-lm/nn/io/node";
import { HubStorageError } from "../../errors.ts";
import { isCommit } from "../hub-id.ts";
import type { BlobInfo } from "../hub-listing.ts";
import type { Digest, FilePlace, HubStore, PartialBlob, StoredFile, TurnOptions } from "../hub-store.ts";
import { MAX_FILE_BYTES } from "../../sources/model-source.ts";
import { codeOf, exists, type NodeBuiltins } from "./node-builtins.ts";
import { repoFolderName } from "./node-settings.ts";
import { PartialFile } from "./partial-file.ts";
import { storing } from "./storage-failure.ts";

/**
 * The cache that Python's huggingface_hub and its kin share:
 *
 * ```
 * models--org--name/blobs/<hash>                       content, named by its hash
 * models--org--name/snapshots/<commit>/config.json     → ../../blobs/<hash>
 * models--org--name/refs/main                          a commit
 * models--org--name/.no_exist/<commit>/<path>          known not to be there
 * datasets--org--name/…                                the same for a dataset
 * ```
 */
export class NodeStore implements HubStore {
  readonly location: string;
  readonly #node: NodeBuiltins;
  readonly #lock: Omit<FileLockOptions, keyof TurnOptions>;

  constructor(node: NodeBuiltins, folder: string, lock: Omit<FileLockOptions, keyof TurnOptions> = {}) {
    this.location = folder;
    this.#node = node;
    this.#lock = lock;
  }

  async commitOf(repo: string, revision: string): Promise<string | null> {
    const { fs } = this.#node;
    const text = await fs.readFile(this.#in(repo, "refs", ...revision.split("/")), "utf8").catch(() => "");
    return isCommit(text.trim()) ? text.trim() : null;
  }

  /** A cache that may only be read goes on to serve what it has. */
  async setCommit(repo: string, revision: string, commit: string): Promise<void> {
    const { fs, path } = this.#node;
    if (revision === commit || (await this.commitOf(repo, revision)) === commit) return;
    if (!(await exists(this.#node, this.#in(repo, "snapshots", commit)))) return;
    const ref = this.#in(repo, "refs", ...revision.split("/"));
    const temporary = this.#temporary(repo);
    try {
      await fs.mkdir(path.dirname(ref), { recursive: true });
      await fs.writeFile(temporary, commit, { flag: "wx" });
      await fs.rename(temporary, ref);
    } catch (error) {
      await fs.rm(temporary, { force: true }).catch(() => undefined);
      if (!["EROFS", "EACCES", "EPERM"].includes(codeOf(error) ?? ""))
        await storing(ref, () => Promise.reject(error as Error));
    }
  }

  async find(place: FilePlace): Promise<StoredFile | "absent" | null> {
    const file = this.#pointer(place);
    if (await exists(this.#node, file)) return this.#stored(file);
    return (await exists(this.#node, this.#absence(place))) ? "absent" : null;
  }

  async markAbsent(place: FilePlace): Promise<void> {
    const { fs, path } = this.#node;
    const marker = this.#absence(place);
    // It saves a question, no more; a cache that may only be read has none.
    await fs
      .mkdir(path.dirname(marker), { recursive: true })
      .then(() => fs.writeFile(marker, "", { flag: "wx" }))
      .catch(() => undefined);
  }

  async list(repo: string, commit: string): Promise<readonly string[]> {
    const { fs, path } = this.#node;
    const folder = this.#in(repo, "snapshots", commit);
    const names = await fs.readdir(folder, { recursive: true }).catch(() => []);
    const files = await Promise.all(
      names.map((name) =>
        fs.stat(path.join(folder, name)).then(
          (found) => (found.isFile() ? [name] : []),
          () => [],
        ),
      ),
    );
    return files
      .flat()
      .map((name) => name.split(path.sep).join("/"))
      .sort();
  }

  /** Content is named by its hash, so the link says it; a copy, where the system has no links, has none. */
  async hashOf(place: FilePlace): Promise<string | null> {
    const { fs, path } = this.#node;
    const name = path.basename(await fs.readlink(this.#pointer(place)).catch(() => ""));
    return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(name) ? name : null;
  }

  async remove(place: FilePlace): Promise<void> {
    const hash = await this.hashOf(place);
    const names = [this.#pointer(place), ...(hash === null ? [] : [this.#in(place.repo, "blobs", hash)])];
    for (const name of names) await storing(name, () => this.#node.fs.rm(name, { force: true }));
  }

  createDigest(algorithm: "sha1" | "sha256"): Digest {
    const hash = this.#node.createHash(algorithm);
    return { update: (bytes) => void hash.update(bytes), finish: () => hash.digest("hex") };
  }

  async add(
    place: FilePlace,
    blob: BlobInfo,
    fill: (partial: PartialBlob) => Promise<void>,
    turn: TurnOptions = {},
  ): Promise<StoredFile> {
    const { fs, path } = this.#node;
    const pointer = this.#pointer(place);
    const content = this.#in(place.repo, "blobs", blob.hash);
    // Not the name of Python's lock: that one stays in place when it is free.
    const lockPath = path.join(this.location, ".locks", repoFolderName(place.repo), `${blob.hash}.helium.lock`);
    return storing(this.location, async () => {
      for (const file of [lockPath, content, pointer]) await fs.mkdir(path.dirname(file), { recursive: true });
      return this.#node.locks.withFileLock(
        lockPath,
        async (lock) => {
          // Another process may have been faster.
          if (await exists(this.#node, pointer)) return this.#stored(pointer);
          const found = await fs.stat(content).catch(() => null);
          if (found?.size !== blob.size) {
            const partial = await PartialFile.open(this.#node, content, lock);
            try {
              await this.#checkSpace(content, blob.size - partial.size);
              await fill(partial);
            } finally {
              await partial.close();
            }
          }
          await this.#link(place.repo, content, pointer);
          return this.#stored(pointer);
        },
        { ...turn, ...this.#lock },
      );
    });
  }

  /** A relative link, so that a cache can be moved; the file itself where the system has no links. */
  async #link(repo: string, content: string, pointer: string): Promise<void> {
    const { fs, path } = this.#node;
    const temporary = this.#temporary(repo);
    try {
      await fs.symlink(path.relative(path.dirname(pointer), content), temporary);
    } catch (error) {
      if (!["EPERM", "EACCES", "ENOSYS", "ENOTSUP", "EINVAL"].includes(codeOf(error) ?? "")) throw error;
      await fs.copyFile(content, temporary);
    }
    await fs.rename(temporary, pointer);
  }

  async #checkSpace(file: string, needed: number): Promise<void> {
    const { fs, path } = this.#node;
    const disk = await fs.statfs(path.dirname(file)).catch(() => null);
    // Some file systems do not know.
    if (disk === null || disk.blocks === 0) return;
    const free = disk.bavail * disk.bsize;
    if (free < needed)
      throw new HubStorageError(
        this.location,
        `has ${free} bytes free, but ${needed} are needed; free some space, or set HF_HUB_CACHE to another disk`,
        { given: free, expected: needed },
      );
  }

  #in(repo: string, ...names: readonly string[]): string {
    return this.#node.path.join(this.location, repoFolderName(repo), ...names);
  }

  /** Beside the folders that are listed, under a name whose length does not depend on the file's. */
  #temporary(repo: string): string {
    return this.#in(repo, `.${crypto.randomUUID()}.tmp`);
  }

  #pointer({ repo, commit, path }: FilePlace): string {
    return this.#in(repo, "snapshots", commit, ...path.split("/"));
  }

  #absence({ repo, commit, path }: FilePlace): string {
    return this.#in(repo, ".no_exist", commit, ...path.split("/"));
  }

  #stored(path: string): StoredFile {
    const open = async (): Promise<ByteSource> => {
      const { nodeFileSource } = await import("@helium-lm/nn/io/node");
      return nodeFileSource(path);
    };
    return { path, open, readBytes: async () => readAll(await open(), MAX_FILE_BYTES) };
  }
}
