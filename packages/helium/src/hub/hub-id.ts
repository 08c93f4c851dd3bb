/** A repository of the hub and, if they are named, its revision and one of its files. */
export interface HubId {
  /** `org/name` */
  readonly repo: string;
  /** Branch, tag or commit. */
  readonly revision?: string;
  /** A GGUF file, or enough of its name's end: `model.Q4_K_M.gguf`, `Q4_K_M`. */
  readonly file?: string;
}

/** What a repository of the hub holds. */
export type HubRepoType = "model" | "dataset";

const part = "[A-Za-z0-9][A-Za-z0-9._-]{0,95}";
const pattern = new RegExp(`^(${part}/${part})(?:@([^\\s:@]+))?(?::([^\\s:@]+))?$`);

/** Names like these are meant as local files even where there is none. */
const isFileName = (name: string): boolean => /\.(?:gguf|safetensors|json|bin|model)$/i.test(name);

/**
 * `org/name`, `org/name@revision`, `org/name:file.gguf` or `org/name@revision:file.gguf`.
 *
 * @returns null for anything else: a path, a URL, a name without an owner
 *
 * @example
 * console.log(parseHubId("org/name@v1:Q4_K_M")); // { repo: 'org/name', revision: 'v1', file: 'Q4_K_M' }
 * console.log(parseHubId("./folder")); // null
 */
export function parseHubId(text: string): HubId | null {
  const [, repo, revision, file] = pattern.exec(text) ?? [];
  if (repo === undefined || /--|\.\.|[.-](?:\/|$)/.test(repo)) return null;
  if (revision === undefined && file === undefined && isFileName(repo)) return null;
  if (revision !== undefined && !isSafePath(revision)) return null;
  if (file !== undefined && !isSafePath(file)) return null;
  return { repo, ...(revision !== undefined && { revision }), ...(file !== undefined && { file }) };
}

/** As it is typed. */
export function formatHubId({ repo, revision, file }: HubId): string {
  return `${repo}${revision === undefined ? "" : `@${revision}`}${file === undefined ? "" : `:${file}`}`;
}

/**
 * What tells a repository from all others, as in the hub's addresses: `org/name` of a model, `datasets/org/name` of a
 * dataset. No model is called so: its name has two parts.
 */
export const hubPath = (repo: string, type: HubRepoType): string => (type === "dataset" ? `datasets/${repo}` : repo);

/** The repository of such a path, and what it holds. */
export function readHubPath(path: string): { readonly repo: string; readonly type: HubRepoType } {
  const [, repo] = /^datasets\/(.+\/.+)$/.exec(path) ?? [];
  return repo === undefined ? { repo: path, type: "model" } : { repo, type: "dataset" };
}

/** A relative path of plain names, which cannot leave the folder it is joined to, on any system. */
export function isSafePath(path: string): boolean {
  return path.length <= 1024 && path.split("/").every((name) => /^(?!\.{1,2}$)[^\\:*?"<>|\p{Cc}]+$/u.test(name));
}

/** A whole commit hash, which never moves. */
export const isCommit = (revision: string): boolean => /^[0-9a-f]{40}$/.test(revision);
