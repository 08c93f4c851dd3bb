import { mapCharacters } from "../aligned-text.ts";
import { anyNewer, lowerNewer } from "../unicode/newer-characters.ts";
import type { Normalizer } from "../stages.ts";
import { CodePointRanges } from "../unicode/code-point-ranges.ts";
import { lazy } from "../unicode/lazy.ts";
import { accentRuns } from "../unicode/tables.ts";

const lower = (character: string): string =>
  anyNewer().test(character) ? lowerNewer(character) : character.toLowerCase();

/** Lowercases each character by itself (no final-sigma rule, no locale), by Unicode 17 as in the tokenizers library. */
export const lowercase: Normalizer = (source) =>
  source.text.toLowerCase() === source.text && !anyNewer().test(source.text) ? source : mapCharacters(source, lower);

const mark = lazy(() => new RegExp(`[${new CodePointRanges(accentRuns).members("u")}]`, "u"));

/** Removes combining marks; composed letters keep theirs unless an NFD step comes before. */
export const stripAccents: Normalizer = (source) =>
  mark().test(source.text) ? mapCharacters(source, (character) => (mark().test(character) ? "" : character)) : source;
