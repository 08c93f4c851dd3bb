import { jsonExcess } from "@helium-lm/nn";
import { contentDigest, downloadBlob } from "./download-blob.ts";
import { HubIntegrityError, HubNotFoundError, HubOfflineError, HubUnavailableError } from "../errors.ts";
import type { HubHttp } from "./hub-http.ts";
import { isCommit, isSafePath, readHubPath } from "./hub-id.ts";
import { fetchListing, type BlobInfo, type HubListing } from "./hub-listing.ts";
import type { HubOptions } from "./hub-options.ts";
import type { FilePlace, HubStore, StoredFile } from "./hub-store.ts";

/** Downloads at a time; a hub serves few connections faster than many. */
const MOST_DOWNLOADS = 4;

/** Bytes of a cached file that are hashed at a time. */
const VERIFY_BYTES = 2 ** 22;

export interface HubRepoSetup extends Pick<HubOptions, "onDownload" | "onNotice" | "signal" | "verify"> {
  /** Its path (`hubPath`). */
  readonly repo: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  readonly store: HubStore;
  /** Null: only what the store has. */
  readonly http: HubHttp | null;
}

/** One revision of a repository: files from the cache, or from the hub into the cache. All files are of one commit. */
export class HubRepo {
  readonly repo: string;
  readonly revision: string;
  readonly #setup: HubRepoSetup;
  /** The commit and, unless the hub is out of reach or not needed, its files. */
  #state: Promise<{ readonly commit: string; readonly listing: HubListing | null }> | undefined;
  #reason: unknown;
  readonly #running = new Map<string, Promise<StoredFile | null>>();
  readonly #progress = new Map<string, { loaded: number; readonly total: number }>();
  readonly #waiting: (() => void)[] = [];
  #active = 0;

  constructor(setup: HubRepoSetup) {
    this.repo = setup.repo;
    this.revision = setup.revision;
    this.#setup = setup;
  }

  /** For messages. */
  get name(): string {
    return this.revision === "main" ? this.repo : `${this.repo}@${this.revision}`;
  }

  get #mend(): string {
    const isModel = readHubPath(this.repo).type === "model";
    return `fetch it once with the network${isModel ? `: helium pull ${this.name}` : ""}`;
  }

  /** The commit that all files come from. @throws HubError */
  async commit(): Promise<string> {
    return (await this.#resolve()).commit;
  }

  /** Paths of the commit's files that are in the cache. @throws HubError */
  async cached(): Promise<readonly string[]> {
    return this.#setup.store.list(this.repo, await this.commit());
  }

  /** Paths of the files that can be had: all of the commit, or, without the hub, those in the cache. @throws HubError */
  async list(): Promise<readonly string[]> {
    const { commit, listing } = await this.#withListing();
    return listing === null ? this.#setup.store.list(this.repo, commit) : [...listing.files.keys()];
  }

  /**
   * A file, fetched if the cache lacks it; null where the commit has none of that name.
   *
   * @param mostBytes a larger one is refused before it is fetched
   * @throws HubOfflineError when it would have to be fetched without the hub, and other HubErrors
   */
  file(path: string, mostBytes = Infinity): Promise<StoredFile | null> {
    // Names may come from an index or a config.
    if (!isSafePath(path)) return Promise.resolve(null);
    const running = this.#running.get(path) ?? this.#find(path, mostBytes);
    this.#running.set(path, running);
    // A failure is not remembered.
    running.catch(() => this.#running.delete(path));
    return running;
  }

  /** The same for a file that not every repository has: null too where, without the hub, nothing is known of it. */
  async optionalFile(path: string, mostBytes = Infinity): Promise<StoredFile | null> {
    try {
      return await this.file(path, mostBytes);
    } catch (error) {
      if (error instanceof HubOfflineError && error.details["path"] === path) return null;
      throw error;
    }
  }

  /** A file that must be there. @throws HubNotFoundError where it is not, and other HubErrors */
  async need(path: string): Promise<StoredFile> {
    const file = await this.file(path);
    if (file !== null) return file;
    throw new HubNotFoundError(`${this.name}/${path}`, "is not in the repository; name another revision of it");
  }

  /** Several files, a few of them at a time. */
  async needAll(paths: readonly string[]): Promise<void> {
    const { listing } = await this.#withListing();
    // Known from the start, so that the progress has an end.
    for (const path of paths) {
      const blob = listing?.files.get(path);
      if (blob && !(await this.#isHere(path))) this.#progress.set(path, { loaded: 0, total: blob.size });
    }
    const results = await Promise.allSettled(paths.map((path) => this.need(path)));
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
  }

  async #find(path: string, mostBytes: number): Promise<StoredFile | null> {
    const { store } = this.#setup;
    const place = { repo: this.repo, commit: await this.commit(), path };
    const found = await store.find(place);
    if (found === "absent") return null;
    if (found !== null && (!this.#setup.verify || (await this.#isWhole(place, found)))) return found;
    const { listing } = await this.#withListing();
    if (listing === null)
      throw new HubOfflineError(
        `${this.name}/${path}`,
        `is not in the cache ${store.location}, and ${this.#setup.http ? "the hub cannot be reached" : "downloads are turned off"}; ` +
          this.#mend,
        { path },
        { cause: this.#reason },
      );
    const blob = listing.files.get(path);
    if (blob !== undefined && blob.size > mostBytes)
      throw new HubIntegrityError(
        `${this.name}/${path}`,
        `has ${blob.size} bytes, but such a file has at most ${mostBytes}; its authors need to fix it`,
        { given: blob.size, expected: mostBytes },
      );
    if (blob !== undefined) return this.#fetch(path, listing.commit, blob);
    await store.markAbsent(place);
    return null;
  }

  /** Whether a cached file has the hash that it is kept under; one that has not is removed, if it can be had again. */
  async #isWhole(place: FilePlace, file: StoredFile): Promise<boolean> {
    const { store, http, onNotice, signal } = this.#setup;
    const subject = `${this.name}/${place.path}`;
    const expected = (await store.hashOf(place)) ?? (await this.#withListing()).listing?.files.get(place.path)?.hash;
    if (expected === undefined)
      throw new HubOfflineError(
        subject,
        "is in the cache without its hash, which only the hub knows; verify it while online",
      );
    const algorithm = expected.length === 64 ? "sha256" : "git-sha1";
    const source = await file.open();
    let given: string;
    try {
      const digest = contentDigest(store.createDigest.bind(store), { algorithm, size: source.size });
      for (let at = 0; at < source.size; at += VERIFY_BYTES) {
        signal?.throwIfAborted();
        digest.update(await source.read(at, Math.min(VERIFY_BYTES, source.size - at)));
      }
      given = digest.finish();
    } finally {
      await source.close();
    }
    if (given === expected) return true;
    const problem = `is damaged in the cache: it has ${algorithm} ${given}, and is kept as ${expected}`;
    if (http === null)
      throw new HubIntegrityError(subject, `${problem}; fetch it again with the network`, { given, expected });
    onNotice?.(`${subject}: ${problem}; downloading it again`);
    await store.remove(place);
    return false;
  }

  async #isHere(path: string): Promise<boolean> {
    const found = await this.#setup.store.find({ repo: this.repo, commit: await this.commit(), path });
    return found !== null && found !== "absent";
  }

  /** What was fetched so far. */
  get fetched(): { readonly files: number; readonly bytes: number } {
    const all = [...this.#progress.values()];
    return { files: all.length, bytes: all.reduce((sum, { loaded }) => sum + loaded, 0) };
  }

  /** Takes a turn, then fetches. */
  async #fetch(path: string, commit: string, blob: BlobInfo): Promise<StoredFile> {
    const { store, http, signal, onNotice } = this.#setup;
    if (http === null) throw new HubOfflineError(this.name, "cannot be downloaded: downloads are turned off");
    if (this.#active >= MOST_DOWNLOADS) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#active += 1;
    try {
      signal?.throwIfAborted();
      const url = http.fileUrl(this.repo, commit, path);
      const subject = `${this.name}/${path}`;
      const createDigest = store.createDigest.bind(store);
      const onSize = (loaded: number): void => this.#tell(path, loaded, blob.size);
      const file = await store.add(
        { repo: this.repo, commit, path },
        blob,
        (partial) => downloadBlob(partial, { http, subject, url, blob, createDigest, onSize }),
        {
          signal,
          onWait: (holder) => onNotice?.(`${subject}: waiting for ${holder}, which is downloading it`),
        },
      );
      this.#tell(path, blob.size, blob.size);
      await store.setCommit(this.repo, this.revision, commit);
      return file;
    } finally {
      this.#active -= 1;
      this.#waiting.shift()?.();
    }
  }

  #tell(file: string, size: number, total: number): void {
    this.#progress.set(file, { loaded: size, total });
    let [loaded, all] = [0, 0];
    for (const one of this.#progress.values()) {
      loaded += one.loaded;
      all += one.total;
    }
    this.#setup.onDownload?.({ phase: "download", file, loaded, total: all });
  }

  #resolve(): Promise<{ readonly commit: string; readonly listing: HubListing | null }> {
    if (isCommit(this.revision)) return Promise.resolve({ commit: this.revision, listing: null });
    return this.#withListing();
  }

  #withListing(): Promise<{ readonly commit: string; readonly listing: HubListing | null }> {
    this.#state ??= this.#ask();
    // A failure is not remembered.
    this.#state.catch(() => (this.#state = undefined));
    return this.#state;
  }

  async #ask(): Promise<{ readonly commit: string; readonly listing: HubListing | null }> {
    const { http, store, onNotice } = this.#setup;
    if (http === null) return { commit: await this.#cachedCommit(), listing: null };
    try {
      const listing = await fetchListing(http, this.repo, this.revision);
      await store.setCommit(this.repo, this.revision, listing.commit);
      return { commit: listing.commit, listing };
    } catch (error) {
      if (!(error instanceof HubUnavailableError)) throw error;
      // Better a model that may be older than none; what is missing of it is an error.
      const commit = await this.#cachedCommit().catch(() => {
        throw error;
      });
      this.#reason = error;
      onNotice?.(`${error.message}; using ${commit.slice(0, 12)} from the cache`);
      return { commit, listing: null };
    }
  }

  async #cachedCommit(): Promise<string> {
    const { store } = this.#setup;
    const commit = isCommit(this.revision) ? this.revision : await store.commitOf(this.repo, this.revision);
    if (commit !== null && (await store.list(this.repo, commit)).length > 0) return commit;
    throw new HubOfflineError(this.name, `is not in the cache ${store.location}; ${this.#mend}`);
  }
}

/** That of a hundred thousand tensors, and more. */
const indexAllowance = { perCharacter: 0.5, base: 2 ** 24 };

/** The shards that an index names, as far as it is one; reading it checks the rest. @throws HubIntegrityError */
export function shardsIn(subject: string, index: string): readonly string[] {
  const problem = jsonExcess(index, indexAllowance);
  if (problem !== null)
    throw new HubIntegrityError(subject, `${problem}, so it is not an index; its authors need to fix it`);
  try {
    const { weight_map: map } = JSON.parse(index) as { readonly weight_map?: Readonly<Record<string, unknown>> };
    return [...new Set(Object.values(map ?? {}))].filter((name) => typeof name === "string");
  } catch (cause) {
    throw new HubIntegrityError(subject, "is not a valid index; its authors need to fix it", {}, { cause });
  }
}
