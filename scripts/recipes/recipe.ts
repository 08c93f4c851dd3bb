/** A recipe of CONTRIBUTING.md with a toy that follows it. */
export interface Recipe {
  /** The section's heading: "Add a head". */
  readonly heading: string;
  /** New sources: path → text, or what makes it of another source. */
  readonly adds: Readonly<Record<string, string | Copy>>;
  /** Sources with a registration: path → what goes in. */
  readonly edits: Readonly<Record<string, readonly Insertion[]>>;
  /** Files that a script writes anew from the sources: path → script and its arguments. */
  readonly writes?: Readonly<Record<string, string>>;
  /** Tests of the repository that would fail if the recipe left a file out. */
  readonly keeps?: readonly string[];
  /** Shows that the toy works; it is put beside the first new source. */
  readonly test: string;
}

/** A new source like an old one. */
export interface Copy {
  readonly of: string;
  readonly replace: readonly (readonly [old: string, by: string])[];
}

/** Text that goes in before the first line that holds a text, or in place of a part of that line. */
export type Insertion =
  | { readonly before: string; readonly text: string }
  | { readonly in: string; readonly replace: string; readonly text: string };
