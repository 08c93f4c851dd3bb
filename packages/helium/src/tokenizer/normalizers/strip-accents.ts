import { mapCharacters } from "../aligned-text.ts";
import { CodePointRanges } from "../unicode/code-point-ranges.ts";
import { lazy } from "../unicode/lazy.ts";
import { accentRuns } from "../unicode/tables.ts";
import type { Normalizer } from "../stages.ts";

const mark = lazy(() => new RegExp(`[${new CodePointRanges(accentRuns).members("u")}]`, "u"));

/** Removes combining marks; composed letters keep theirs unless an NFD step comes before. */
export const stripAccents: Normalizer = (source) =>
  mark().test(source.text) ? mapCharacters(source, (character) => (mark().test(character) ? "" : character)) : source;
