import { inertStretch } from "../unicode/newer-characters.ts";
import { normalizeText, type UnicodeForm } from "./normalize-text.ts";

/** Texts up to this many units come again and again, as words and single letters do. */
const shortText = 32;

const maxKnown = 16_384;

const known: Readonly<Record<UnicodeForm, Map<string, string>>> = {
  NFC: new Map(),
  NFD: new Map(),
  NFKC: new Map(),
  NFKD: new Map(),
};

/**
 * `text.normalize(form)` by Unicode 9, as in the tokenizers library, whatever Unicode the platform has. A character that
 * Unicode 9 does not know stays as it is, and nothing moves past it or composes with it: the stretches between such
 * characters are normalised one by one. A part of a normalised text is normalised, so what the platform leaves alone stays.
 * Forms of short texts are kept for the next time.
 */
export const pinnedForm = (text: string, form: UnicodeForm): string => {
  if (text.length > shortText) return makeForm(text, form);
  const table = known[form];
  let result = table.get(text);
  if (result === undefined) {
    if (table.size >= maxKnown) table.clear();
    result = makeForm(text, form);
    table.set(text, result);
  }
  return result;
};

const makeForm = (text: string, form: UnicodeForm): string => {
  const all = normalizeText(text, form);
  if (all === text) return text;
  const parts: string[] = [];
  let done = 0;
  for (const { 0: stretch, index } of text.matchAll(inertStretch())) {
    parts.push(normalizeText(text.slice(done, index), form), stretch);
    done = index + stretch.length;
  }
  return parts.length === 0 ? all : parts.join("") + normalizeText(text.slice(done), form);
};
