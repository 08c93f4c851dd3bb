import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ScoredBpeModel } from "./scored-bpe.ts";
import type { ScoredPieces } from "./pieces.ts";

const pieces = (entries: readonly (readonly [string, number])[], more: Partial<ScoredPieces> = {}): ScoredPieces => ({
  texts: ["<unk>", ...entries.map(([text]) => text)],
  scores: [0, ...entries.map(([, score]) => score)],
  unkId: 0,
  byteFallback: false,
  inert: new Set([0]),
  unused: new Set(),
  whole: new Set(),
  ...more,
});

const tokens = (model: ScoredBpeModel, text: string): string[] => {
  const found: string[] = [];
  model.tokenize(text, (id, token) => found.push(id === 0 ? `?${token}` : token));
  return found;
};

describe("ScoredBpeModel", () => {
  it("joins the best score first, of equal scores the leftmost", () => {
    const model = new ScoredBpeModel(
      pieces([
        ["a", -9],
        ["b", -9],
        ["c", -9],
        ["bc", -1],
        ["ab", -2],
        ["abc", -3],
      ]),
    );
    expect(tokens(model, "abc")).toEqual(["abc"]);
    expect(tokens(model, "abab")).toEqual(["ab", "ab"]);
    expect(
      tokens(
        new ScoredBpeModel(
          pieces([
            ["a", -9],
            ["aa", -1],
          ]),
        ),
        "aaa",
      ),
    ).toEqual(["aa", "a"]);
  });

  it("joins characters that are no pieces of their own", () => {
    const model = new ScoredBpeModel(pieces([["xy", -1]]));
    expect(tokens(model, "zxy😀q")).toEqual(["?z", "xy", "?😀q"]);
  });

  it("lets unused pieces fall apart into what they were joined from", () => {
    const entries = [
      ["a", -9],
      ["b", -9],
      ["c", -9],
      ["ab", -1],
      ["abc", -2],
    ] as const;
    const model = new ScoredBpeModel(pieces(entries, { unused: new Set([4]) }));
    expect(tokens(model, "ab")).toEqual(["a", "b"]);
    expect(tokens(model, "abc")).toEqual(["abc"]);
  });

  it("writes unknown characters as byte pieces", () => {
    const bytes = Array.from({ length: 256 }, (_, n) => `<0x${n.toString(16).toUpperCase().padStart(2, "0")}>`);
    const model = new ScoredBpeModel(
      pieces(
        bytes.map((text) => [text, 0] as const),
        { byteFallback: true, inert: new Set(Array.from({ length: 257 }, (_, id) => id)) },
      ),
    );
    expect(tokens(model, "é")).toEqual(["<0xC3>", "<0xA9>"]);
    expect(tokens(model, "<0xC3>")).toHaveLength(6);
  });

  it("says which text it cannot take without an unknown piece", () => {
    const model = new ScoredBpeModel(pieces([["a", 0]], { unkId: null }));
    expect(() => tokens(model, "ab")).toThrow(/no unknown piece/);
  });

  it("does what the rule says, step by step", () => {
    const texts = ["a", "b", "ab", "ba", "aa", "aab", "bab", "abab", "bb"];
    const scores = fc.array(fc.integer({ min: -4, max: 0 }), { minLength: texts.length, maxLength: texts.length });
    fc.assert(
      fc.property(scores, fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 12 }), (given, text) => {
        const entries = texts.map((piece, index) => [piece, given[index] ?? 0] as const);
        const byText = new Map<string, number>(entries);
        const parts = [...text];
        for (;;) {
          let best = -1;
          for (let left = 0; left + 1 < parts.length; left++) {
            const score = byText.get(`${parts[left]}${parts[left + 1]}`);
            const top = best < 0 ? -Infinity : (byText.get(`${parts[best]}${parts[best + 1]}`) ?? -Infinity);
            if (score !== undefined && score > top) best = left;
          }
          if (best < 0) break;
          parts.splice(best, 2, `${parts[best]}${parts[best + 1]}`);
        }
        expect(
          tokens(new ScoredBpeModel(pieces(entries)), text)
            .join("|")
            .replaceAll("?", ""),
        ).toBe(parts.join("|").replace(/c(?:\|c)+/g, (run) => run.replaceAll("|", "")));
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});
