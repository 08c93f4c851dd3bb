/** A repository of the hub and, if they are named, its revision and one of its files. */
export interface HubId {
  /** `org/name` */
  readonly repo: string;
  /** Branch, tag or commit. */
  readonly revision?: string;
  /** A GGUF file, or enough of its name's end: `model.Q4_K_M.gguf`, `Q4_K_M`. */
  readonly file?: string;
}

const part = "[A-Za-z0-9][A-Za-z0-9._-]{0,95}";
const pattern = new RegExp(`^(${part}/${part})(?:@([^\\s:@]+))?(?::([^\\s:@]+))?$`);

/** Names like these are meant as local files even where there is none. */
const isFileName = (name: string): boolean => /\.(?:gguf|safetensors|json|bin|model)$/i.test(name);

/**
 * `org/name`, `org/name@revision`, `org/name:file.gguf` or `org/name@revision:file.gguf`.
 *
 * @returns null for anything else: a path, a URL, a name without an owner
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

/** A relative path of plain names, which cannot leave the folder it is joined to, on any system. */
export function isSafePath(path: string): boolean {
  return path.length <= 1024 && path.split("/").every((name) => /^(?!\.{1,2}$)[^\\:*?"<>|\p{Cc}]+$/u.test(name));
}

/** A whole commit hash, which never moves. */
export const isCommit = (revision: string): boolean => /^[0-9a-f]{40}$/.test(revision);
