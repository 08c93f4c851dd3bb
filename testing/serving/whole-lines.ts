import { readFileSync } from "node:fs";

/** The lines of a log that another process writes; one that it is writing now is left out. */
export const wholeLines = (path: string): readonly string[] =>
  readFileSync(path, "utf8").split("\n").slice(0, -1).filter(Boolean);
