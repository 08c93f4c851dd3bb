import { expect, test } from "vitest";
import { metricCases } from "../../test/helpers/metric-cases.ts";
import { EvalError } from "../errors.ts";
import { normalizeSquad, normalizeTriviaQa } from "./answer-normalizers.ts";
import { mkqaLanguages, normalizeMkqa, normalizeMultilingual, type MkqaLanguage } from "./mkqa-normalizers.ts";

const normalizers: Readonly<Record<string, (text: string) => string>> = {
  squad: normalizeSquad,
  triviaqa: normalizeTriviaQa,
  ...Object.fromEntries(mkqaLanguages.map((language) => [`mkqa-${language}`, normalizeMkqa(language)] as const)),
  ...Object.fromEntries(
    mkqaLanguages.map((language) => [`multilingual-${language}`, normalizeMultilingual(language)] as const),
  ),
};

test.each(Object.entries(metricCases.normalized))(
  "%s is what its authors' script makes of answers",
  (name, expected) => {
    const given = metricCases.answers.map((answer) => [answer, normalizers[name]?.(answer)]);
    expect(given).toEqual(metricCases.answers.map((answer, index) => [answer, expected[index]]));
  },
);

test("all of them are checked", () => {
  expect(Object.keys(metricCases.normalized).sort()).toEqual(Object.keys(normalizers).sort());
});

test("a language that is not there is refused with the nearest", () => {
  expect(() => normalizeMkqa("esp" as MkqaLanguage)).toThrow(EvalError);
  expect(() => normalizeMultilingual("esp" as MkqaLanguage)).toThrow(
    "esp: is no language of the card's MKQA (en, de, es, fr, it, pt); did you mean es?",
  );
});
