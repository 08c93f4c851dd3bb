import { mapCharacters } from "../aligned-text.ts";
import type { Normalizer } from "./normalizer.ts";

const mark = /\p{M}/u;

/** Removes combining marks; composed letters keep theirs unless an NFD step comes before. */
export const stripAccents: Normalizer = (source) =>
  mark.test(source.text) ? mapCharacters(source, (character) => (mark.test(character) ? "" : character)) : source;
