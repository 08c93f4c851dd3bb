import { readHubPath } from "../hub-id.ts";
import type { HubOptions } from "../hub-options.ts";
import type { NodeBuiltins } from "./node-builtins.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** `~` and `$NAME`, as a shell would read them in a path. */
function expand(path: string, env: Env, { homedir }: NodeBuiltins): string {
  const named = path.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    return env[braced ?? bare ?? ""] ?? whole;
  });
  return named.replace(/^~(?=$|[/\\])/, homedir());
}

/** Folder of all Hugging Face tools: HF_HOME, else `huggingface` in XDG_CACHE_HOME or ~/.cache. */
function homeOf(env: Env, node: NodeBuiltins): string {
  const { path, homedir } = node;
  const cache = env["XDG_CACHE_HOME"] || path.join(homedir(), ".cache");
  return expand(env["HF_HOME"] || path.join(cache, "huggingface"), env, node);
}

/** Folder of the cache. */
export function cacheFolder(
  { cacheDir, env = process.env }: Pick<HubOptions, "cacheDir" | "env">,
  node: NodeBuiltins,
): string {
  const given = cacheDir ?? (env["HF_HUB_CACHE"] || env["HUGGINGFACE_HUB_CACHE"]);
  return node.path.resolve(given ? expand(given, env, node) : node.path.join(homeOf(env, node), "hub"));
}

/** The folder of a repository in a cache, as all Hugging Face tools name it. @param path the repository's (`hubPath`) */
export function repoFolderName(path: string): string {
  const { repo, type } = readHubPath(path);
  return `${type}s--${repo.replaceAll("/", "--")}`;
}

/** The model of such a folder; null for other folders. */
export function repoOfFolder(folder: string): string | null {
  const [, owner, name] = /^models--(.+?)--(.+)$/.exec(folder) ?? [];
  return owner === undefined || name === undefined ? null : `${owner}/${name}`;
}

/** The token of the environment, or the one that a login left behind. */
export async function savedToken(env: Env, node: NodeBuiltins): Promise<string | null> {
  if (isTrue(env["HF_HUB_DISABLE_IMPLICIT_TOKEN"])) return null;
  const given = (env["HF_TOKEN"] || env["HUGGING_FACE_HUB_TOKEN"])?.trim();
  if (given) return given;
  const file = expand(env["HF_TOKEN_PATH"] || node.path.join(homeOf(env, node), "token"), env, node);
  const saved = await node.fs.readFile(file, "utf8").catch(() => "");
  return saved.trim() || null;
}

/** As Python's tools read a switch. */
export const isTrue = (value: string | undefined): boolean => /^(?:1|on|yes|true)$/i.test(value ?? "");
