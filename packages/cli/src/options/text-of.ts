import { readFile } from "node:fs/promises";
import { UsageError } from "./option-table.ts";

/** A file's text. @throws UsageError */
export async function textOf(subject: string, option: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const { code = "unreadable" } = cause as NodeJS.ErrnoException;
    throw new UsageError(
      subject,
      `${option} ${file} cannot be read (${code}); give the path of a file`,
      { file },
      { cause },
    );
  }
}
