import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { metricCases } from "../../test/helpers/metric-cases.ts";
import { pythonRegExp } from "../python/regular-expression.ts";
import { normalizeSquad } from "./answer-normalizers.ts";
import { exactMatch } from "./exact-match.ts";
import { tokenF1 } from "./token-f1.ts";

/** Inline flags are written otherwise in JavaScript. */
const translated = (source: string): RegExp =>
  source.startsWith("(?s)") ? pythonRegExp(source.slice(4), "gs") : pythonRegExp(source);

describe("exact_match is the harness's", () => {
  const options = new Set(metricCases.exactMatch.map((one) => JSON.stringify(one.options)));
  test.each([...options])("%s", (wanted) => {
    for (const one of metricCases.exactMatch) {
      if (JSON.stringify(one.options) !== wanted) continue;
      const { ignore_case, ignore_punctuation, regexes_to_ignore = [] } = one.options;
      const normalization = {
        ignoreCase: ignore_case ?? false,
        ignorePunctuation: ignore_punctuation ?? false,
        ignore: regexes_to_ignore.map(translated),
      };
      expect([one, exactMatch(one.prediction, one.references, normalization)]).toEqual([one, one.exactMatch]);
    }
  });
});

test("exact match and F1 are those of SQuAD", () => {
  for (const one of metricCases.squad) {
    const squad = { normalize: normalizeSquad };
    expect([one, exactMatch(one.prediction, one.references, squad)]).toEqual([one, one.exactMatch]);
    expect(tokenF1(one.prediction, one.references, squad)).toBeCloseTo(one.f1, 12);
  }
});

test("a pattern without the flag g is removed everywhere too", () => {
  expect(exactMatch("1,000,000", ["1000000"], { ignore: [/,/] })).toBe(1);
});

test("the golden answer", () => {
  const normalization = {
    ignore: [pythonRegExp(String.raw`\b(?:The |the |An |A |The |a |an )`)],
    ignoreCase: true,
    ignorePunctuation: true,
  };
  expect(exactMatch("the Eiffel Tower!", ["Eiffel Tower"], normalization)).toBe(1);
});

test("F1 is 1 for what matches exactly, and the same in both directions", () => {
  const answer = fc.array(fc.constantFrom("the", "old", "tower", "a", "Seine", "."), { maxLength: 6 });
  const text = answer.map((words) => words.join(" "));
  fc.assert(
    fc.property(text, text, (a, b) => {
      const squad = { normalize: normalizeSquad };
      const f1 = tokenF1(a, [b], squad);
      expect(tokenF1(b, [a], squad)).toBeCloseTo(f1, 12);
      expect(f1 >= exactMatch(a, [b], squad) && f1 <= 1).toBe(true);
    }),
    { seed: 20261129 },
  );
});
