import { readFile } from "node:fs/promises";
import { DataError } from "../errors.ts";
import { Reading } from "../data/reading.ts";
import type { RowSource } from "../data/rows-from.ts";

/** One text, whole, as the only row of the task "text". @throws DataError for a file that is not there, empty or no UTF-8 */
export const textFileRows =
  (path: string): RowSource =>
  async () => {
    const bytes = await readFile(path).catch((cause: unknown) => {
      throw new DataError(path, "cannot be read; check its path", {}, { cause });
    });
    const text = decoded(bytes, path);
    if (text === "") throw new DataError(path, "is empty; give a text");
    return [new Reading({ text }, path)];
  };

function decoded(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new DataError(path, "is not UTF-8; convert it first", {}, { cause });
  }
}
