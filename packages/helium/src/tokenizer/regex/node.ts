/** A set of code points: one of them, or those that a source for JavaScript's `v` flag matches. */
export type CharacterSet = { readonly codePoint: number } | { readonly source: string };

/** A regular expression as a tree. Of several ways to match the first one counts: options in order, greedy loops long. */
export type RegexNode =
  | { readonly kind: "set"; readonly set: CharacterSet }
  | { readonly kind: "sequence"; readonly parts: readonly RegexNode[] }
  | { readonly kind: "choice"; readonly options: readonly RegexNode[] }
  | {
      readonly kind: "repeat";
      readonly body: RegexNode;
      readonly min: number;
      /** Infinity for no end. */
      readonly max: number;
      readonly isGreedy: boolean;
    }
  /** What stands before or behind a place, or does not. */
  | { readonly kind: "look"; readonly isAhead: boolean; readonly isNegated: boolean; readonly body: RegexNode };

/** A construct without an exact counterpart here, or a malformed pattern; the message goes on after the pattern. */
export class PatternSyntaxError extends Error {}

export const empty: RegexNode = { kind: "sequence", parts: [] };

export const sequence = (...parts: readonly RegexNode[]): RegexNode =>
  parts.length === 1 ? (parts[0] as RegexNode) : { kind: "sequence", parts };

export const choice = (...options: readonly RegexNode[]): RegexNode =>
  options.length === 1 ? (options[0] as RegexNode) : { kind: "choice", options };

export const setOf = (source: string): RegexNode => ({ kind: "set", set: { source } });

export const ahead = (body: RegexNode, isNegated = false): RegexNode => ({
  kind: "look",
  isAhead: true,
  isNegated,
  body,
});

export const behind = (body: RegexNode, isNegated = false): RegexNode => ({
  kind: "look",
  isAhead: false,
  isNegated,
  body,
});

/** Every code point. */
export const any: RegexNode = setOf("[^]");
