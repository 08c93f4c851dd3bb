import type { createHash } from "node:crypto";
import type * as FileSystem from "node:fs/promises";
import type { homedir } from "node:os";
import type * as Path from "node:path";

/** What the cache needs of Node, so that a test can give its own. */
export interface NodeHost {
  readonly fs: typeof FileSystem;
  readonly path: typeof Path;
  readonly createHash: typeof createHash;
  readonly homedir: typeof homedir;
}

/** Node's modules; the hub's only place that loads them, and only when it is called. */
export async function nodeHost(): Promise<NodeHost> {
  const [fs, path, { createHash }, { homedir }] = await Promise.all([
    import("node:fs/promises"),
    import("node:path"),
    import("node:crypto"),
    import("node:os"),
  ]);
  return { fs, path, createHash, homedir };
}

/** The code of a system error: `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
