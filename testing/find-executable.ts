import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The first program on the PATH that has one of the names; null where there is none. */
export function findExecutable(...names: readonly string[]): string | null {
  for (const directory of (process.env["PATH"] ?? "").split(delimiter)) {
    for (const name of names) {
      const path = join(directory, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here.
      }
    }
  }
  return null;
}
