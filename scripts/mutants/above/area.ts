/** A bug to plant above the kernels: one replacement of source text that occurs exactly once in its file. */
export interface PlantedBug {
  readonly id: string;
  /** From the root of the repository. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Why no test can see it, for a bug that is none. */
  readonly survives?: string;
}

/** Bugs of one part of nn, helium, eval or the command, and the tests that should find them: fast ones first. */
export interface Area {
  readonly name: string;
  /** Test files from the root of the repository; the first failure in this order ends a run. */
  readonly tests: readonly string[];
  readonly bugs: readonly PlantedBug[];
}

/** `id, find, replace` of bugs in one file below packages/; a fourth entry is the reason why none can see it. */
export function bugsIn(
  file: `${"tensor" | "nn" | "helium" | "eval" | "serve" | "cli"}/src/${string}`,
  ...bugs: readonly (readonly [id: string, find: string, replace: string, survives?: string])[]
): readonly PlantedBug[] {
  return bugs.map(([id, find, replace, survives]) => ({
    id: `${file.replace("/src", "").replace(/\.ts$/, "")}: ${id}`,
    file: `packages/${file}`,
    find,
    replace,
    ...(survives !== undefined && { survives }),
  }));
}
