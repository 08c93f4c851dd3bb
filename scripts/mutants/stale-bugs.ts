import { existsSync, readFileSync } from "node:fs";

/** What a list of bugs says about a place in the sources. */
interface Place {
  readonly id: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** The bugs that cannot be planted: their text does not occur exactly once in the file, or nothing would change. */
export function staleBugs(root: string, bugs: readonly Place[]): readonly string[] {
  const sources = new Map<string, string>();
  return bugs.flatMap(({ id, file, find, replace }) => {
    if (!existsSync(root + file)) return [`  ${id}: there is no ${file}`];
    const source = sources.get(file) ?? readFileSync(root + file, "utf8");
    sources.set(file, source);
    const times = source.split(find).length - 1;
    return times === 1 && find !== replace ? [] : [`  ${id}: ${JSON.stringify(find)} occurs ${times} times`];
  });
}
