import { HubIntegrityError } from "../errors.ts";
import type { HubHttp } from "./hub-http.ts";
import { isCommit, isSafePath, readHubPath } from "./hub-id.ts";

/** What identifies the content of a file: its length and a hash, which is its name in the cache too. */
export interface BlobInfo {
  /** Hex digits: SHA-256 of a large file (Git LFS), else git's SHA-1 of the blob. */
  readonly hash: string;
  readonly algorithm: "sha256" | "git-sha1";
  readonly size: number;
}

/** The files of one commit. */
export interface HubListing {
  readonly commit: string;
  readonly files: ReadonlyMap<string, BlobInfo>;
}

interface Sibling {
  readonly rfilename?: unknown;
  readonly size?: unknown;
  readonly blobId?: unknown;
  readonly lfs?: { readonly sha256?: unknown; readonly size?: unknown } | null;
}

/**
 * Asks for the commit of a revision and its files, in one request, by the repository's path (`hubPath`). Files whose names would leave a folder are left out:
 * nothing asks for them.
 *
 * @throws HubError
 */
export async function fetchListing(http: HubHttp, repo: string, revision: string): Promise<HubListing> {
  const subject = `${repo}@${revision}`;
  const { repo: name, type } = readHubPath(repo);
  const address = `/api/${type}s/${name}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const answer = await http.json(subject, address);
  const { sha, siblings } = (answer ?? {}) as { readonly sha?: unknown; readonly siblings?: unknown };
  if (typeof sha !== "string" || !isCommit(sha) || !Array.isArray(siblings))
    throw new HubIntegrityError(subject, "the hub's answer has no commit or no files; check HF_ENDPOINT");
  if (isCommit(revision) && sha !== revision)
    throw new HubIntegrityError(subject, `the hub answered with commit ${sha}; check HF_ENDPOINT`, { given: sha });
  const files = new Map<string, BlobInfo>();
  for (const sibling of siblings as readonly (Sibling | null)[]) {
    if (typeof sibling !== "object" || sibling === null) continue;
    const blob = blobOf(sibling);
    if (typeof sibling.rfilename === "string" && isSafePath(sibling.rfilename) && blob !== null)
      files.set(sibling.rfilename, blob);
  }
  return { commit: sha, files };
}

function blobOf({ size, blobId, lfs }: Sibling): BlobInfo | null {
  const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  if (lfs) {
    const { sha256, size: stored = size } = lfs;
    const isHash = typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256);
    return isHash && isSize(stored) ? { hash: sha256, algorithm: "sha256", size: stored } : null;
  }
  const isHash = typeof blobId === "string" && /^[0-9a-f]{40}$/.test(blobId);
  return isHash && isSize(size) ? { hash: blobId, algorithm: "git-sha1", size } : null;
}
