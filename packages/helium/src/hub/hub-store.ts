import type { ByteSource } from "@helium-lm/nn";
import type { BlobInfo } from "./hub-listing.ts";

/** A hash over bytes that come in pieces. */
export interface Digest {
  update(bytes: Uint8Array): void;
  /** Hex digits; the last call. */
  finish(): string;
}

/** A file that is being fetched. It survives failures and has no final name until `commit`. */
export interface PartialBlob {
  /** Bytes that are there. */
  readonly size: number;
  /** Entity tag that came with them, for asking whether the rest still belongs to them. */
  readonly validator: string | null;
  /** The bytes that are there. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Forgets the bytes; what follows belongs to `validator`. */
  restart(validator: string | null): Promise<void>;
  append(bytes: Uint8Array): Promise<void>;
  /** Gives the file its final name; the caller has checked its bytes. */
  commit(): Promise<void>;
  /** Removes it. */
  discard(): Promise<void>;
}

/** A file of a snapshot. */
export interface StoredFile {
  /** Where it lies, in Node. */
  readonly path?: string;
  /** All of a small file. */
  readBytes(): Promise<Uint8Array>;
  /** The caller closes it. */
  open(): Promise<ByteSource>;
}

/** A file of the snapshot of a commit. */
export interface FilePlace {
  /** The repository's path (`hubPath`). */
  readonly repo: string;
  readonly commit: string;
  readonly path: string;
}

/** How to wait while another process or page fetches the same content. */
export interface TurnOptions {
  readonly signal?: AbortSignal | undefined;
  /** Hears, after a moment, who is at work: words for a message. */
  readonly onWait?: (holder: string) => void;
}

/**
 * Where files of the hub are kept: by content, with a view by commit and path, and the commits that revisions had. A
 * repository is named by its path (`hubPath`).
 */
export interface HubStore {
  /** For messages. */
  readonly location: string;
  /** The commit a branch or tag was at when last seen; null: never seen. */
  commitOf(repo: string, revision: string): Promise<string | null>;
  /** Remembers it, if there is anything of that commit. */
  setCommit(repo: string, revision: string, commit: string): Promise<void>;
  /** `"absent"`: known not to be in that commit; null: not here. */
  find(place: FilePlace): Promise<StoredFile | "absent" | null>;
  markAbsent(place: FilePlace): Promise<void>;
  /** Paths of the files that are here. */
  list(repo: string, commit: string): Promise<readonly string[]>;
  /** The hash that a file is kept under; null where it is not here, or kept without one. */
  hashOf(place: FilePlace): Promise<string | null>;
  /** Removes a file and its content. */
  remove(place: FilePlace): Promise<void>;
  createDigest(algorithm: "sha1" | "sha256"): Digest;
  /**
   * Puts a file into the snapshot. `fill` fetches, checks and commits its content where that is not here yet; for one
   * content it runs once at a time, over all processes or pages; who waits for another hears of it by `onWait`.
   */
  add(
    place: FilePlace,
    blob: BlobInfo,
    fill: (partial: PartialBlob) => Promise<void>,
    turn?: TurnOptions,
  ): Promise<StoredFile>;
}
