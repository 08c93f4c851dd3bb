import type { Regex } from "../regex/index.ts";

/** The body of a rule or of a terminal in Lark, or a part of one. `at`: its place in the text. */
export type LarkNode =
  /** A string, a range or a regular expression. */
  | { readonly kind: "regex"; readonly regex: Regex }
  /** A rule where it is in lower case, else a terminal. */
  | { readonly kind: "name"; readonly name: string; readonly at: number }
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly LarkNode[] }
  | { readonly kind: "repeat"; readonly part: LarkNode; readonly min: number; readonly max: number }
  /** `A & B`: what both are. */
  | { readonly kind: "and"; readonly parts: readonly LarkNode[]; readonly at: number }
  /** `~A`: what it is not. */
  | { readonly kind: "not"; readonly part: LarkNode; readonly at: number }
  | { readonly kind: "json"; readonly schema: unknown; readonly at: number };

/** What a text of a grammar defines. */
export interface LarkDefinitions {
  readonly rules: ReadonlyMap<string, LarkNode>;
  readonly terminals: ReadonlyMap<string, LarkNode>;
  /** What may stand, any number of times, around every lexeme of a rule. */
  readonly ignored: readonly LarkNode[];
}

/** Terminals are in upper case, perhaps behind an underscore. */
export const isTerminalName = (name: string): boolean => /^_?[A-Z]/.test(name);
