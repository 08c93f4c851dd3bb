import { readdir, stat } from "node:fs/promises";
import { HeliumLmError } from "@helium-lm/tensor";

/** A place that a command may not write to. */
export class OutputError extends HeliumLmError {}

/**
 * Makes sure that nothing is lost by writing to `path`, unless that was asked for.
 *
 * @throws OutputError where a file, or a folder with something in it, is there; for one in place of the other always
 */
export async function checkOutput(path: string, kind: "file" | "folder", force: boolean): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found === null) return;
  if (found.isDirectory() !== (kind === "folder"))
    throw new OutputError(path, `is a ${kind === "folder" ? "file" : "folder"}; give the name of a ${kind}`);
  if (force || (kind === "folder" && (await readdir(path)).length === 0)) return;
  const mend = kind === "folder" ? "to write into it" : "to replace it";
  throw new OutputError(path, `exists already; give another name, or --force ${mend}`, { path });
}
