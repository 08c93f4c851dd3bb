import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ourOptions, translationCases } from "../../../test/helpers/translation-cases.ts";
import { EvalError } from "../../errors.ts";
import { corpusChrf, sentenceChrf, type ChrfOptions } from "./chrf.ts";

describe.each(translationCases.corpora)("a corpus of $rows.length segments in $language", ({ rows, chrf }) => {
  test.each(chrf)("scores as with sacrebleu, $options", ({ options, corpus, sentences }) => {
    const ours = ourOptions(options);
    const result = corpusChrf(
      rows.map(({ hypothesis }) => hypothesis),
      rows.map(({ references }) => references),
      ours,
    );
    expect(result.score).toBeCloseTo(corpus.score, 10);
    expect([result.name, result.signature, result.shortSignature]).toEqual([
      corpus.name,
      corpus.signature,
      corpus.short,
    ]);
    sentences.forEach((score, index) => {
      const { hypothesis, references } = rows[index]!;
      expect(sentenceChrf(hypothesis, references, ours).score).toBeCloseTo(score, 10);
    });
  });
});

// Of the specification of the card's evaluation, found by running sacrebleu.
describe("golden vectors", () => {
  const hypotheses = ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."];
  const references = [
    ["The dog bit the man.", "The dog had bit the man."],
    ["It was not unexpected.", "No one was surprised."],
    ["The man bit him first.", "The man had bitten the dog."],
  ];
  test.each([
    [{}, 59.72751782684763],
    [{ epsSmoothing: true }, 59.72734693786311],
    [{ wordOrder: 2 }, 59.15310444399262],
    [{ wordOrder: 2, epsSmoothing: true }, 59.134638657694325],
  ] as const)("two references, %o", (options, score) => {
    expect(corpusChrf(hypotheses, references, options).score).toBeCloseTo(score, 10);
  });

  test("Spanish", () => {
    const spanish = ["El perro mordió al hombre.", "Buenos días a todos ustedes", "1.000 personas - 3,5% más"];
    const expected = [["El perro mordió al hombre ."], ["Buenos días a todos"], ["Mil personas, un 3,5% más"]];
    expect(corpusChrf(spanish, expected).score).toBeCloseTo(80.79114968811706, 10);
    expect(corpusChrf(spanish, expected, { wordOrder: 2 }).score).toBeCloseTo(79.8564014201024, 10);
  });

  test("sentences of a few characters", () => {
    expect(sentenceChrf("aa", ["ab"], { beta: 3 }).score).toBeCloseTo(25, 10);
    expect(sentenceChrf("a b c", ["abc"], { beta: 3 }).score).toBeCloseTo(100, 10);
  });
});

describe("whatever the text", () => {
  const segment = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).filter((text) => text.trim() !== "");
  const corpus = fc.array(fc.tuple(segment, segment), { minLength: 1, maxLength: 6 });
  const options = fc.record({ wordOrder: fc.constantFrom(0, 2), epsSmoothing: fc.boolean() });
  const scoreOf = (rows: readonly (readonly [string, string])[], given: ChrfOptions): number =>
    corpusChrf(
      rows.map(([hypothesis]) => hypothesis),
      rows.map(([, reference]) => [reference]),
      given,
    ).score;

  test("a translation that is the reference scores 100", () => {
    fc.assert(
      fc.property(corpus, fc.constantFrom(0, 2), (rows, wordOrder) => {
        const same = rows.map(([, reference]) => [reference, reference] as const);
        expect(scoreOf(same, { wordOrder })).toBeCloseTo(100, 9);
      }),
      { seed: 20261129 },
    );
  });

  test("the order of segments does not count, and no score is outside 0 to 100", () => {
    fc.assert(
      fc.property(corpus, options, (rows, given) => {
        const score = scoreOf(rows, given);
        expect(scoreOf([...rows].reverse(), given)).toBeCloseTo(score, 9);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(100 + 1e-9);
      }),
      { seed: 20261129 },
    );
  });
});

test("refuses what cannot be scored", () => {
  expect(() => corpusChrf([], [])).toThrow(EvalError);
  expect(() => corpusChrf(["a"], [["a"]], { wordorder: 2 } as ChrfOptions)).toThrow("did you mean wordOrder?");
  expect(() => corpusChrf(["a"], [["a"]], { charOrder: 0 })).toThrow("charOrder: is 0; give a whole number from 1 on");
});
