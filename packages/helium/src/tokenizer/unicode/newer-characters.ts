import { CodePointRanges } from "./code-point-ranges.ts";
import { lazy } from "./lazy.ts";
import { inertRuns, newerCapitalRuns, newerRuns, standIns } from "./tables.ts";

const newer = lazy(() => new CodePointRanges(newerRuns));

const capitals = lazy(() =>
  newerCapitalRuns.map(([distance, runs]) => ({ distance, ranges: new CodePointRanges(runs) })),
);

/**
 * A character that every engine knows and that has the properties which the tokenizers library gives to `codePoint` in
 * regular expressions, where engines may differ: what is newer than Unicode 14 or has changed since. Characters newer than
 * Unicode 16 are unassigned there. Undefined for all others.
 */
export const standInOf = (codePoint: number): string | undefined => {
  const kind = newer().kindOf(codePoint);
  return kind === undefined ? undefined : String.fromCodePoint(standIns[kind] as number);
};

/** One character newer than Unicode 14, or one that has changed since. */
export const anyNewer = lazy(() => new RegExp(`[${newer().members("u")}]`, "u"));

/** The small letter of a character that `anyNewer` matches, by Unicode 17. */
export const lowerNewer = (character: string): string => {
  const codePoint = character.codePointAt(0) ?? 0;
  const found = capitals().find(({ ranges }) => ranges.kindOf(codePoint) !== undefined);
  return found === undefined ? character : String.fromCodePoint(codePoint + found.distance);
};

/** Stretches of characters that Unicode 9 neither decomposes nor orders nor composes, though a newer one may. */
export const inertStretch = lazy(
  () => new RegExp(`[${newer().members("u")}${new CodePointRanges(inertRuns).members("u")}]+`, "gu"),
);
