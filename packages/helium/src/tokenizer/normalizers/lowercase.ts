import { mapCharacters } from "../aligned-text.ts";
import { anyNewer, lowerNewer } from "../unicode/newer-characters.ts";
import type { Normalizer } from "../stages.ts";

const lower = (character: string): string =>
  anyNewer().test(character) ? lowerNewer(character) : character.toLowerCase();

/** Lowercases each character by itself (no final-sigma rule, no locale), by Unicode 17 as in the tokenizers library. */
export const lowercase: Normalizer = (source) =>
  source.text.toLowerCase() === source.text && !anyNewer().test(source.text) ? source : mapCharacters(source, lower);
