import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { ourOptions, translationCases } from "../../../test/helpers/translation-cases.ts";
import { EvalError } from "../../errors.ts";
import { splitWords } from "../../python/text.ts";
import { bleuTokenizers, type BleuTokenizer } from "./bleu-tokenizers.ts";
import { corpusBleu, sentenceBleu, type BleuOptions } from "./bleu.ts";
import { sentencePieceTokenizer } from "./sentencepiece-tokenizer.ts";

const models = new Map<string, BleuTokenizer>();
beforeAll(async () => {
  for (const [name, model] of Object.entries(translationCases.models)) {
    const file = new URL(`../../../../../fixtures/sentencepiece/${model}.model`, import.meta.url);
    models.set(name, await sentencePieceTokenizer(readFileSync(file), name));
  }
});

const withModel = (options: BleuOptions): BleuOptions => {
  const model = typeof options.tokenize === "string" ? models.get(options.tokenize) : undefined;
  return model === undefined ? options : { ...options, tokenize: model };
};

const hypothesesOf = (rows: readonly { readonly hypothesis: string }[]): string[] => rows.map((row) => row.hypothesis);
const referencesOf = <Row extends { readonly references: readonly string[] }>(
  rows: readonly Row[],
): Row["references"][] => rows.map((row) => row.references);

describe("tokens are sacrebleu's", () => {
  test.each(Object.keys(translationCases.tokens))("%s", (name) => {
    const tokenizer = models.get(name) ?? bleuTokenizers[name as keyof typeof bleuTokenizers];
    translationCases.lines.forEach((line, index) => {
      const tokens = splitWords(tokenizer.tokenize(line));
      expect([line, tokens]).toEqual([line, translationCases.tokens[name]?.[index]]);
    });
  });
});

describe.each(translationCases.corpora)("a corpus of $rows.length segments in $language", ({ rows, bleu }) => {
  test.each(bleu)("scores as with sacrebleu, $options", ({ options, corpus, sentences }) => {
    const ours = withModel(ourOptions(options));
    const result = corpusBleu(hypothesesOf(rows), referencesOf(rows), ours);
    expect(result.score).toBeCloseTo(corpus.score, 10);
    expect(result.brevityPenalty).toBeCloseTo(corpus.bp, 12);
    expect([result.hypothesisLength, result.referenceLength]).toEqual([corpus.sysLen, corpus.refLen]);
    expect([result.signature, result.shortSignature]).toEqual([corpus.signature, corpus.short]);
    if (corpus.counts !== undefined) expect([result.counts, result.totals]).toEqual([corpus.counts, corpus.totals]);
    result.precisions.forEach((precision, order) => expect(precision).toBeCloseTo(corpus.precisions[order] ?? NaN, 10));
    sentences.forEach((score, index) => {
      const { hypothesis, references } = rows[index]!;
      const alone = { effectiveOrder: false, ...ours };
      expect(sentenceBleu(hypothesis, references, alone).score).toBeCloseTo(score, 10);
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
  const spanish = ["El perro mordió al hombre.", "Buenos días a todos ustedes", "1.000 personas - 3,5% más"];
  const spanishReferences = [["El perro mordió al hombre ."], ["Buenos días a todos"], ["Mil personas, un 3,5% más"]];

  test.each([
    ["13a", 48.530827009929865, [14, 7, 5, 3], [17, 14, 11, 8], 0.9428731438548749],
    ["intl", 43.91623493336995, [14, 7, 5, 3], [19, 16, 13, 10], 1],
    ["none", 49.19195660047277, [10, 6, 4, 2], [14, 11, 8, 5], 0.9310627797040228],
  ] as const)("two references, %s", (tokenize, score, counts, totals, penalty) => {
    const result = corpusBleu(hypotheses, references, { tokenize });
    expect(result.score).toBeCloseTo(score, 10);
    expect(result.brevityPenalty).toBeCloseTo(penalty, 12);
    expect([result.counts, result.totals]).toEqual([counts, totals]);
  });

  test("characters, and hypotheses without text", () => {
    expect(corpusBleu(hypotheses, references, { tokenize: "char" }).score).toBeCloseTo(72.61064153440596, 10);
    expect(corpusBleu(["", "", ""], references)).toMatchObject({ score: 0, brevityPenalty: 0, hypothesisLength: 0 });
  });

  test("a hypothesis too short for four words", () => {
    const [short, long] = [["the cat sat"], [["a cat sat on the mat"]]];
    expect(corpusBleu(short, long)).toMatchObject({ score: 0, brevityPenalty: 0.36787944117144233 });
    expect(corpusBleu(short, long, { smoothMethod: "add-k" }).score).toBeCloseTo(27.95279274196279, 10);
    expect(sentenceBleu("the cat sat", ["a cat sat on the mat"]).score).toBeCloseTo(23.174952587773145, 10);
  });

  test("Spanish", () => {
    const result = corpusBleu(spanish, spanishReferences);
    expect(result.score).toBeCloseTo(65.774356738145, 10);
    expect([result.counts, result.totals]).toEqual([
      [14, 10, 7, 4],
      [17, 14, 11, 8],
    ]);
  });

  const lines = [
    [
      `Hello, world! It's 3.14 (pi) -- "quoted" &amp; 1,000.50 end.`,
      `Hello , world ! It's 3.14 ( pi ) -- " quoted " & 1,000.50 end .`,
      `Hello , world ! It ' s 3.14 ( pi ) - - " quoted " & amp ; 1,000.50 end .`,
    ],
    ["a.b,c 5. 5, 3-4 -5 x-y", "a . b , c 5 . 5 , 3 - 4 -5 x-y", "a . b , c 5 . 5 , 3-4 - 5 x - y"],
    ["¿Qué? ¡Sí! n.º 5 ½", "¿Qué ? ¡Sí ! n . º 5 ½", "¿ Qué ? ¡ Sí ! n . º 5 ½"],
    ["Größe: 1.5m²; €5,00/Stück", "Größe : 1.5m² ; €5,00 / Stück", "Größe : 1.5m² ; € 5,00 / Stück"],
  ] as const;
  test.each(lines)("tokens of %s", (line, by13a, international) => {
    expect([bleuTokenizers["13a"].tokenize(line), bleuTokenizers.intl.tokenize(line)]).toEqual([by13a, international]);
  });
});

describe("whatever the text", () => {
  const words = fc.array(fc.constantFrom("the", "cat", "sat", "más", "3,5", "日本", "."), {
    minLength: 4,
    maxLength: 12,
  });
  const segment = words.map((list) => list.join(" "));
  const corpus = fc.array(fc.tuple(segment, fc.array(segment, { minLength: 1, maxLength: 3 })), {
    minLength: 1,
    maxLength: 6,
  });

  test("a translation that is a reference scores 100", () => {
    fc.assert(
      fc.property(corpus, (rows) => {
        const hypotheses = rows.map(([, references]) => references[0]!);
        const { score } = corpusBleu(hypotheses, rows.map(([, references]) => references)); // prettier-ignore
        expect(score).toBeCloseTo(100, 9);
      }),
      { seed: 20261129 },
    );
  });

  test("the order of segments and of references does not count, and no score is outside 0 to 100", () => {
    fc.assert(
      fc.property(corpus, (rows) => {
        const score = (list: typeof rows): number =>
          corpusBleu(
            list.map(([hypothesis]) => hypothesis),
            list.map(([, references]) => references),
          ).score;
        const turned = [...rows]
          .reverse()
          .map(([one, references]): [string, string[]] => [one, [...references].reverse()]);
        expect(score(turned)).toBeCloseTo(score(rows), 9);
        expect(score(rows)).toBeGreaterThanOrEqual(0);
        expect(score(rows)).toBeLessThanOrEqual(100 + 1e-9);
      }),
      { seed: 20261129 },
    );
  });
});

test("refuses what cannot be scored", () => {
  expect(() => corpusBleu([], [])).toThrow(EvalError);
  expect(() => corpusBleu(["a"], [])).toThrow(
    "corpusBleu: has 1 hypotheses and references for 0; give a list of references for each hypothesis",
  );
  expect(() => corpusBleu(["a", "b"], [["a"], []])).toThrow("references[1] is an empty list");
  expect(() => corpusBleu(["a"], [["a"]], { tokenise: "13a" } as BleuOptions)).toThrow("did you mean tokenize?");
  expect(() => corpusBleu(["a"], [["a"]], { tokenize: "13b" } as unknown as BleuOptions)).toThrow(
    'tokenize: "13b" is none of 13a, intl, char, none; did you mean 13a?',
  );
  expect(() => corpusBleu(["a"], [["a"]], { maxNgramOrder: 0 })).toThrow(EvalError);
});

test("a file that is no SentencePiece model is refused", async () => {
  await expect(sentencePieceTokenizer(new TextEncoder().encode("no model"))).rejects.toThrow(
    "the SentencePiece model of flores200",
  );
});
