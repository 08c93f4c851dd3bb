import type { CaseOp } from "../../packages/tensor/src/conformance/case.ts";

/** A bug to plant: one replacement of source text that occurs exactly once in its file. */
export interface Mutant {
  readonly id: string;
  /** Relative to packages/tensor/src. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Op whose tests run first: most bugs are found there at once. */
  readonly op: CaseOp;
  /** Why no test can see it, for a bug that is none. */
  readonly survives?: string;
}

/** `id, find, replace` of bugs in one file that one op shows first; a fourth entry is the reason why none can see it. */
export function mutantsOf(
  file: string,
  op: CaseOp,
  ...bugs: readonly (readonly [id: string, find: string, replace: string, survives?: string])[]
): readonly Mutant[] {
  return bugs.map(([id, find, replace, survives]) => ({
    id: `${file.replace(/^[./]*(scripts\/)?/, "").replace(/\.ts$/, "")}: ${id}`,
    file,
    find,
    replace,
    op,
    ...(survives !== undefined && { survives }),
  }));
}
