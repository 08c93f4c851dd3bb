import { mapCharacters } from "../aligned-text.ts";
import type { Normalizer } from "./normalizer.ts";

/** Lowercases each character by itself (no final-sigma rule, no locale). */
export const lowercase: Normalizer = (source) =>
  source.text.toLowerCase() === source.text ? source : mapCharacters(source, (character) => character.toLowerCase());
