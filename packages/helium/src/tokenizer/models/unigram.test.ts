import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UnigramModel } from "./unigram.ts";

interface Cut {
  readonly tokens: string[];
  readonly ids: number[];
  readonly ranges: [number, number][];
}

const cut = (model: UnigramModel, text: string): Cut => {
  const result: Cut = { tokens: [], ids: [], ranges: [] };
  model.tokenize(text, (id, token, start, end) => {
    result.ids.push(id);
    result.tokens.push(token);
    result.ranges.push([start, end]);
  });
  return result;
};

const model = (scores: Record<string, number>, byteFallback = false): UnigramModel => {
  const pieces = ["<unk>", ...Object.keys(scores)];
  const values = Float64Array.from([0, ...Object.values(scores)]);
  return new UnigramModel({ pieces, scores: values, unkId: 0, byteFallback });
};

/** The best sum over all cuts of `text`, by trying them all; an uncovered character costs `unknown`. */
const bestSum = (scores: Record<string, number>, text: string, unknown: number): number => {
  const best = [0];
  for (let end = 1; end <= text.length; end++) {
    let top = -Infinity;
    for (let start = 0; start < end; start++) {
      const piece = text.slice(start, end);
      const score = Object.hasOwn(scores, piece) ? scores[piece]! : piece.length === 1 ? unknown : -Infinity;
      top = Math.max(top, best[start]! + score);
    }
    best.push(top);
  }
  return best[text.length]!;
};

describe("UnigramModel", () => {
  it("cuts at the largest sum of scores", () => {
    const scores = { a: 0, b: 0, c: 0, d: 0, cd: 1, ab: 2, abc: 5, abcd: 10 };
    expect(cut(model(scores), "abcdacdxx")).toEqual({
      tokens: ["abcd", "a", "cd", "xx"],
      ids: [8, 1, 5, 0],
      ranges: [
        [0, 4],
        [4, 5],
        [5, 7],
        [7, 9],
      ],
    });
    expect(cut(model(scores), "")).toEqual({ tokens: [], ids: [], ranges: [] });
  });

  it("takes the first of equal sums, i.e. the longest last piece", () => {
    expect(cut(model({ a: -1, aa: -2 }), "aaa").tokens).toEqual(["a", "aa"]);
    expect(cut(model({ a: -1, aa: -1, aaa: -1 }), "aaaa").tokens).toEqual(["a", "aaa"]);
  });

  it("fuses neighbouring unknown characters, and knows them if they are a piece", () => {
    expect(cut(model({ a: -1 }), "a日😀a").tokens).toEqual(["a", "日😀", "a"]);
    expect(cut(model({ a: -1 }), "<unk>日").tokens).toEqual(["<unk>日"]);
    expect(cut(model({ a: -1 }), "日<unk>").ids).toEqual([0]);
    expect(cut(model({ a: -1, 日本: -50 }), "日本")).toMatchObject({ tokens: ["日本"], ids: [2] });
  });

  it("falls back to bytes only if the vocabulary has them all", () => {
    const bytes = Object.fromEntries(Array.from({ length: 256 }, (_, byte) => [`<0x${hex(byte)}>`, 0]));
    expect(cut(model({ a: -1, ...bytes }, true), "aé€")).toEqual({
      tokens: ["a", "<0xC3>", "<0xA9>", "<0xE2>", "<0x82>", "<0xAC>"],
      ids: [1, 2 + 0xc3, 2 + 0xa9, 2 + 0xe2, 2 + 0x82, 2 + 0xac],
      ranges: [[0, 1], ...Array.from({ length: 5 }, () => [1, 3])],
    });
    const { "<0xA9>": _, ...others } = bytes;
    expect(cut(model(others, true), "é€").tokens).toEqual(["é€"]);
    expect(cut(model(others, true), "€").tokens).toEqual(["<0xE2>", "<0x82>", "<0xAC>"]);
  });

  const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, "0");

  it("reaches the best sum of any vocabulary and covers the text", () => {
    const piece = fc.string({ unit: fc.constantFrom("a", "b", "c", "▁"), minLength: 1, maxLength: 5 });
    // Scores are multiples of 1/8, so that sums are exact in any order.
    const scores = fc.dictionary(
      piece,
      fc.integer({ min: -80, max: 8 }).map((eighths) => eighths / 8),
      { minKeys: 1 },
    );
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "▁", "x"), maxLength: 30 });
    fc.assert(
      fc.property(scores, text, (table, one) => {
        const { tokens, ranges } = cut(model(table), one);
        expect(tokens.join("")).toBe(one);
        ranges.forEach(([start, end], index) => {
          expect(one.slice(start, end)).toBe(tokens[index]);
        });
        const unknown = Math.min(0, ...Object.values(table)) - 10;
        const sum = tokens.reduce((total, token) => total + (table[token] ?? unknown * token.length), 0);
        expect(sum).toBe(bestSum(table, one, unknown));
      }),
      { seed: 11, numRuns: 500 },
    );
  });
});
