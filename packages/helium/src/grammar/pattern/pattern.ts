import type { CharacterMachine } from "./character-automaton.ts";
import type { CodePointSet } from "./code-point-set.ts";
import { codePoints, unionOf } from "./code-point-set.ts";

/**
 * A regular expression over code points, as ECMA-262 writes them in unicode mode. Which group captures what, and whether
 * a quantifier is lazy, does not change which texts match, so neither is kept.
 */
export type Pattern =
  | { readonly kind: "empty" }
  | { readonly kind: "characters"; readonly set: CodePointSet }
  | { readonly kind: "sequence"; readonly parts: readonly Pattern[] }
  | { readonly kind: "choice"; readonly options: readonly Pattern[] }
  | { readonly kind: "repeat"; readonly body: Pattern; readonly min: number; readonly max: number }
  | { readonly kind: "machine"; readonly machine: CharacterMachine }
  /** Holds where the text begins. */
  | { readonly kind: "start" }
  /** Holds where the text ends. */
  | { readonly kind: "end" }
  /** Holds where the body matches from here on (`ahead`) or up to here (`behind`); negative, where it does not. */
  | { readonly kind: "look"; readonly way: "ahead" | "behind"; readonly negative: boolean; readonly body: Pattern };

export const emptyPattern: Pattern = { kind: "empty" };

/** Matches no text. */
export const neverPattern: Pattern = { kind: "choice", options: [] };

export const characters = (set: CodePointSet): Pattern => ({ kind: "characters", set });

export function sequence(parts: readonly Pattern[]): Pattern {
  const flat = parts.flatMap((part) => (part.kind === "sequence" ? part.parts : part.kind === "empty" ? [] : [part]));
  const [first] = flat;
  if (first === undefined) return emptyPattern;
  return flat.length === 1 ? first : { kind: "sequence", parts: flat };
}

/** Any of the options; those of one character become one set. */
export function choice(options: readonly Pattern[]): Pattern {
  const sets = options.flatMap((option) => (option.kind === "characters" ? [option.set] : []));
  const others = options.filter((option) => option.kind !== "characters");
  const kept = sets.length === 0 ? others : [characters(unionOf(...sets)), ...others];
  const [first] = kept;
  return kept.length === 1 && first !== undefined ? first : { kind: "choice", options: kept };
}

export function repeated(body: Pattern, min: number, max = Infinity): Pattern {
  if (max === 0 || body.kind === "empty") return emptyPattern;
  return min === 1 && max === 1 ? body : { kind: "repeat", body, min, max };
}

export const look = (way: "ahead" | "behind", negative: boolean, body: Pattern): Pattern => ({
  kind: "look",
  way,
  negative,
  body,
});

/** The text itself, character by character. */
export const literalPattern = (text: string): Pattern =>
  sequence(Array.from(text, (character) => characters(codePoints(character))));
