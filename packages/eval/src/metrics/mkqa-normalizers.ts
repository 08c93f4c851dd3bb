import { nearestName } from "@helium-lm/tensor";
import { EvalError } from "../errors.ts";
import { pythonRegExp } from "../python/regular-expression.ts";
import { foldSpaces } from "../python/text.ts";
import { asciiPunctuation } from "./ascii-punctuation.ts";

/** The languages of MKQA that the model card names, as their ISO 639-1 codes. */
export const mkqaLanguages = ["en", "de", "es", "fr", "it", "pt"] as const;

export type MkqaLanguage = (typeof mkqaLanguages)[number];

/** Articles as the authors' script removes them; what it says of French and Italian also matches where a word only begins so. */
const officialArticles: Readonly<Record<MkqaLanguage, RegExp>> = {
  en: pythonRegExp(String.raw`\b(a|an|the)\b`),
  de: pythonRegExp(String.raw`\b(ein|eine|einen|einem|eines|einer|der|die|das|den|dem|des)\b`),
  es: pythonRegExp(String.raw`\b(un|una|unos|unas|el|la|los|las)\b`),
  fr: pythonRegExp(String.raw`\b(le|la|l'|les|du|de|d'|des|un|une)`),
  it: pythonRegExp(String.raw`\b(il|lo|la|l'|i|gli|le|del|dello|della|dell'|dei|degli|degl'|delle|un'|uno|una|un)`),
  pt: pythonRegExp(String.raw`\b(o|a|os|as|um|uma|uns|umas)\b`),
};

/** Articles as lighteval removes them. */
const wholeArticles: Readonly<Record<MkqaLanguage, RegExp>> = {
  en: officialArticles.en,
  de: officialArticles.de,
  es: officialArticles.es,
  fr: pythonRegExp(String.raw`\b(le|la|les|l'|un|une|des)\b`),
  it: pythonRegExp(String.raw`\b(il|lo|la|i|gli|le|un|uno|una)\b`),
  pt: officialArticles.pt,
};

const unicodePunctuation = /\p{P}/gu;

/**
 * An answer of MKQA as its authors compare it: in lower case, without ASCII punctuation, then without the articles of the
 * language, white space folded. The articles of French and Italian go wherever a word begins like one ("lemon" becomes "mon"), in
 * prediction and reference alike.
 *
 * Source: the evaluation script of MKQA (Longpre et al. 2021).
 *
 * @throws EvalError for a language that the card does not name
 *
 * @example
 * const normalize = normalizeMkqa("es");
 * console.log(normalize("¡El Quijote!")); // ¡ quijote
 */
export function normalizeMkqa(language: MkqaLanguage): (text: string) => string {
  const articles = articlesOf(officialArticles, language);
  return (text) => foldSpaces(text.toLowerCase().replace(asciiPunctuation, "").replace(articles, " "));
}

/**
 * An answer as lighteval compares it: without the articles of the language, then without punctuation of any script, then in lower
 * case, white space folded. Articles that begin with a capital stay. lighteval also cuts words as spaCy's tokenizers do, which
 * takes apart what is written in one, such as "5km"; here words are what stands between white space.
 *
 * Source: the multilingual tasks of lighteval.
 *
 * @throws EvalError for a language that the card does not name
 *
 * @example
 * const normalize = normalizeMultilingual("es");
 * console.log(normalize("¡la Mancha!")); // mancha
 */
export function normalizeMultilingual(language: MkqaLanguage): (text: string) => string {
  const articles = articlesOf(wholeArticles, language);
  return (text) =>
    foldSpaces(text.replace(articles, " ").replace(unicodePunctuation, "").replace(asciiPunctuation, "").toLowerCase());
}

function articlesOf(table: Readonly<Record<MkqaLanguage, RegExp>>, language: string): RegExp {
  if (Object.hasOwn(table, language)) return table[language as MkqaLanguage];
  const nearest = nearestName(language, mkqaLanguages);
  throw new EvalError(
    language,
    `is no language of the card's MKQA (${mkqaLanguages.join(", ")}); did you mean ${nearest}?`,
    {
      given: language,
      expected: mkqaLanguages,
      nearest,
    },
  );
}
