import { blobSource, readAll } from "@helium-lm/nn";
import { HubStorageError } from "../../errors.ts";
import { isCommit } from "../hub-id.ts";
import type { BlobInfo } from "../hub-listing.ts";
import type { Digest, FilePlace, HubStore, PartialBlob, StoredFile, TurnOptions } from "../hub-store.ts";
import { MAX_FILE_BYTES } from "../../sources/model-source.ts";
import { completeBlob, OpfsPartial, readText, writeText } from "./opfs-partial.ts";
import { createSha } from "./sha.ts";
import { storingInPage } from "./storage-failure.ts";

/** How long a page waits in silence for another one that fetches the same. */
const SILENT_MS = 1000;

/** Content of a snapshot's entry for a file that is not in the commit. */
const absent = "absent";

/**
 * A cache in the private file system of the page's origin. It has no links and no atomic rename, so content is a folder
 * that counts from the moment its mark is there, and a snapshot's entry holds the name of the content:
 *
 * ```
 * helium-hub/org%2Fname/blobs/<hash>/{segment-000000, …, complete}
 * helium-hub/org%2Fname/snapshots/<commit>/<path>
 * helium-hub/org%2Fname/refs/<revision>
 * ```
 */
export class OpfsStore implements HubStore {
  readonly location = "of this page";
  readonly #root: FileSystemDirectoryHandle;

  private constructor(root: FileSystemDirectoryHandle) {
    this.#root = root;
  }

  /** @throws HubStorageError where the browser has no such storage */
  static async open(): Promise<OpfsStore> {
    const storage = (globalThis as { navigator?: Partial<Navigator> }).navigator?.storage;
    if (typeof storage?.getDirectory !== "function" || navigator.locks === undefined)
      throw new HubStorageError(
        "hub",
        "this browser gives the page no storage for models; serve it from https or localhost, or give a URL of the files",
      );
    const root = await storingInPage("hub", () => storage.getDirectory());
    return new OpfsStore(await storingInPage("hub", () => root.getDirectoryHandle("helium-hub", { create: true })));
  }

  async commitOf(repo: string, revision: string): Promise<string | null> {
    const text = await readText(await this.#folder(repo, "refs"), encodeURIComponent(revision));
    return text !== null && isCommit(text) ? text : null;
  }

  async setCommit(repo: string, revision: string, commit: string): Promise<void> {
    if (revision === commit || (await this.list(repo, commit)).length === 0) return;
    await storingInPage(repo, async () =>
      writeText(await this.#folder(repo, "refs"), encodeURIComponent(revision), commit),
    );
  }

  async find(place: FilePlace): Promise<StoredFile | "absent" | null> {
    const { repo, path } = place;
    const entry = await this.#entry(place);
    if (entry === null || entry === absent) return entry;
    const blob = await completeBlob(await this.#folder(repo, "blobs", entry));
    return blob === null ? null : stored(blob, `${repo}/${path}`);
  }

  async markAbsent({ repo, commit, path }: FilePlace): Promise<void> {
    await writeText(await this.#folder(repo, "snapshots", commit), encodeURIComponent(path), absent);
  }

  async list(repo: string, commit: string): Promise<readonly string[]> {
    const folder = await this.#folder(repo, "snapshots", commit);
    const paths: string[] = [];
    for await (const name of folder.keys())
      if ((await readText(folder, name)) !== absent) paths.push(decodeURIComponent(name));
    return paths.sort();
  }

  async hashOf(place: FilePlace): Promise<string | null> {
    const entry = await this.#entry(place);
    return entry === absent ? null : entry;
  }

  async remove(place: FilePlace): Promise<void> {
    const { repo, commit, path } = place;
    const hash = await this.hashOf(place);
    if (hash === null) return;
    await storingInPage(`${repo}/${path}`, async () => {
      await (await this.#folder(repo, "snapshots", commit)).removeEntry(encodeURIComponent(path));
      await (await this.#folder(repo, "blobs")).removeEntry(hash, { recursive: true });
    });
  }

  createDigest(algorithm: "sha1" | "sha256"): Digest {
    return createSha(algorithm);
  }

  /** Other pages of the origin wait in the browser's own lock, which ends with the page that holds it. */
  add(
    { repo, commit, path }: FilePlace,
    { hash }: BlobInfo,
    fill: (partial: PartialBlob) => Promise<void>,
    { signal, onWait }: TurnOptions = {},
  ): Promise<StoredFile> {
    const label = `${repo}/${path}`;
    const notice = setTimeout(() => onWait?.("another page"), SILENT_MS);
    const request = navigator.locks.request(`helium-hub:${repo}:${hash}`, { ...(signal && { signal }) }, async () => {
      clearTimeout(notice);
      const folder = await this.#folder(repo, "blobs", hash);
      if ((await completeBlob(folder)) === null) {
        const partial = await OpfsPartial.open(folder, label);
        try {
          await fill(partial);
        } finally {
          await partial.flush();
        }
      }
      const blob = await completeBlob(folder);
      if (blob === null) throw new HubStorageError(label, "was removed while it was fetched; fetch it again");
      const snapshot = await this.#folder(repo, "snapshots", commit);
      await storingInPage(label, () => writeText(snapshot, encodeURIComponent(path), hash));
      return stored(blob, label);
    });
    return request.finally(() => clearTimeout(notice));
  }

  /** What a snapshot says of a file; null also while another page writes it: the entry is there first, and empty. */
  async #entry({ repo, commit, path }: FilePlace): Promise<string | null> {
    const text = await readText(await this.#folder(repo, "snapshots", commit), encodeURIComponent(path));
    return text !== null && (text === absent || /^[0-9a-f]{40,64}$/.test(text)) ? text : null;
  }

  async #folder(repo: string, ...names: readonly string[]): Promise<FileSystemDirectoryHandle> {
    let folder = this.#root;
    for (const name of [encodeURIComponent(repo), ...names])
      folder = await folder.getDirectoryHandle(name, { create: true });
    return folder;
  }
}

const stored = (blob: Blob, label: string): StoredFile => ({
  readBytes: () => readAll(blobSource(blob, label), MAX_FILE_BYTES),
  open: async () => blobSource(blob, label),
});
