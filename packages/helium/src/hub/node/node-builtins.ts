import type * as Crypto from "node:crypto";
import type * as FileSystem from "node:fs/promises";
import type * as Os from "node:os";
import type * as Path from "node:path";
import type * as Io from "@helium-lm/nn/io/node";
import { isNode, nodeModule } from "@helium-lm/tensor";

/** What the cache needs of Node, so that a test can give its own. */
export interface NodeBuiltins {
  readonly fs: typeof FileSystem;
  readonly path: typeof Path;
  readonly createHash: typeof Crypto.createHash;
  readonly homedir: typeof Os.homedir;
  /** Turns that processes take. */
  readonly locks: Pick<typeof Io, "withFileLock" | "isAbandonedLock">;
}

/**
 * Node's modules; the hub's only place that loads them, and only when it is called.
 *
 * @throws NodeOnlyError in a page
 */
export async function nodeBuiltins(): Promise<NodeBuiltins> {
  const [fs, path, { createHash }, { homedir }, locks] = await Promise.all([
    nodeModule<typeof FileSystem>("fs/promises"),
    nodeModule<typeof Path>("path"),
    nodeModule<typeof Crypto>("crypto"),
    nodeModule<typeof Os>("os"),
    import("@helium-lm/nn/io/node"),
  ]);
  return { fs, path, createHash, homedir, locks };
}

/** Whether there is a file or folder of that path; a link that leads nowhere is none. */
export const exists = ({ fs }: Pick<NodeBuiltins, "fs">, path: string): Promise<boolean> =>
  fs.stat(path).then(
    () => true,
    () => false,
  );

/** The same in Node; false in a page. */
export async function pathExists(path: string): Promise<boolean> {
  return isNode() && exists({ fs: await nodeModule<NodeBuiltins["fs"]>("fs/promises") }, path);
}

/** The code of a system error: `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
