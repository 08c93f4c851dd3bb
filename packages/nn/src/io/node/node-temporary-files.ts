import { rmSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { hasEnded, localProcess, ownProcessMark } from "./node-process-mark.ts";

/** Most bytes of a name on the file systems in use. */
const NAME_BYTES = 255;

/** What another machine left untouched for so long is not being written any more. */
const FORGOTTEN_MS = 86_400_000;

const pattern = /\.([0-9a-f]{12}-\d+-\d+)\.[0-9a-f]{8}\.tmp$/;

/** Temporary files of this process, which go with it. */
const unfinished = new Set<string>();

/**
 * A name beside `path` for what is not whole yet. It tells whose it is, so that what a process that was killed left behind
 * is found; a long name is cut.
 */
export async function temporaryBeside(path: string): Promise<string> {
  const end = `.${await ownProcessMark()}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  let name = basename(path);
  while (Buffer.byteLength(name + end) > NAME_BYTES) name = [...name].slice(0, -1).join("");
  return join(dirname(path), name + end);
}

/** Removes a temporary file when this process ends by itself or by `process.exit`, until `forgetTemporary`. */
export function rememberTemporary(path: string): void {
  if (unfinished.size === 0) process.on("exit", removeUnfinished);
  unfinished.add(path);
}

export function forgetTemporary(path: string): void {
  if (unfinished.delete(path) && unfinished.size === 0) process.off("exit", removeUnfinished);
}

function removeUnfinished(): void {
  for (const path of unfinished) {
    try {
      rmSync(path, { force: true });
    } catch {
      // The next run finds it.
    }
  }
}

/** Removes the temporary files in a folder whose processes have ended. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const [, mark] = pattern.exec(name) ?? [];
    if (mark !== undefined && (await isLeftover(join(folder, name), mark)))
      await rm(join(folder, name), { force: true }).catch(() => undefined);
  }
}

async function isLeftover(path: string, mark: string): Promise<boolean> {
  if ((await localProcess(mark)) !== null) return hasEnded(mark);
  const found = await stat(path).catch(() => null);
  return found !== null && found.isFile() && Date.now() - found.mtimeMs > FORGOTTEN_MS;
}
