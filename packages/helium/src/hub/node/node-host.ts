import type { createHash } from "node:crypto";
import type * as FileSystem from "node:fs/promises";
import type { homedir } from "node:os";
import type * as Path from "node:path";
import type * as Io from "@helium-lm/nn/io/node";

/** What the cache needs of Node, so that a test can give its own. */
export interface NodeHost {
  readonly fs: typeof FileSystem;
  readonly path: typeof Path;
  readonly createHash: typeof createHash;
  readonly homedir: typeof homedir;
  /** Which process holds a lock, and whether it has ended. */
  readonly processes: Pick<typeof Io, "ownProcessMark" | "localProcess" | "hasEnded">;
}

/** Node's modules; the hub's only place that loads them, and only when it is called. */
export async function nodeHost(): Promise<NodeHost> {
  const [fs, path, { createHash }, { homedir }, processes] = await Promise.all([
    import("node:fs/promises"),
    import("node:path"),
    import("node:crypto"),
    import("node:os"),
    import("@helium-lm/nn/io/node"),
  ]);
  return { fs, path, createHash, homedir, processes };
}

/** The code of a system error: `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
