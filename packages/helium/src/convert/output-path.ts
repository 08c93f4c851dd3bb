import { readdir, stat } from "node:fs/promises";
import { HeliumLmError } from "@helium-lm/tensor";

/** A place that a command may not write to. */
export class OutputError extends HeliumLmError {}

/**
 * Makes sure that nothing is lost by writing to `path`, unless that was asked for.
 *
 * @param force whether a file may be replaced, or a folder with something in it written into
 * @throws OutputError where one is there and that was not asked for; for a folder in place of a file, or a file in place of a
 *   folder, always
 * @example
 * await checkOutput("nano.gguf", "file", false); // throws where there is a file, or a folder, of that name
 */
export async function checkOutput(path: string, kind: "file" | "folder", force: boolean): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found === null) return;
  if (found.isDirectory() !== (kind === "folder"))
    throw new OutputError(path, `is a ${kind === "folder" ? "file" : "folder"}; give the name of a ${kind}`);
  if (force || (kind === "folder" && (await readdir(path)).length === 0)) return;
  const mend = kind === "folder" ? "to write into it" : "to replace it";
  throw new OutputError(path, `already exists; give another name, or use --force ${mend}`, { path });
}
