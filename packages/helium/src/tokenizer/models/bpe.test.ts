import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BpeModel } from "./bpe.ts";
import type { BpeOptions } from "./bpe.ts";

const letters = ["a", "b", "c", "d"];

const plain: Omit<BpeOptions, "vocab" | "merges"> = {
  unkToken: null,
  fuseUnk: false,
  byteFallback: false,
  ignoreMerges: false,
  continuingSubwordPrefix: "",
  endOfWordSuffix: "",
};

/** A model whose vocabulary is `tokens` and what the merges make. */
const model = (
  pairs: readonly (readonly [string, string])[],
  options: Partial<BpeOptions> = {},
  tokens = letters,
): BpeModel => {
  const vocab = new Map<string, number>();
  const idOf = (token: string): number => {
    if (!vocab.has(token)) vocab.set(token, vocab.size);
    return vocab.get(token)!;
  };
  tokens.forEach(idOf);
  const merges = pairs.map(([left, right]) => ({ left: idOf(left), right: idOf(right), merged: idOf(left + right) }));
  return new BpeModel({ ...plain, vocab, merges, ...options });
};

const cut = (one: BpeModel, text: string): string[] => {
  const tokens: string[] = [];
  one.tokenize(text, (_, token) => tokens.push(token));
  return tokens;
};

/** The definition: merge the leftmost pair of lowest rank until none is left. */
const mergeOneByOne = (pairs: readonly (readonly [string, string])[], text: string): string[] => {
  const tokens = [...text];
  for (;;) {
    let best = pairs.length;
    let place = -1;
    for (let at = 0; at + 1 < tokens.length; at++) {
      const rank = pairs.findLastIndex(([left, right]) => left === tokens[at] && right === tokens[at + 1]);
      if (rank >= 0 && rank < best) {
        best = rank;
        place = at;
      }
    }
    if (place < 0) return tokens;
    tokens.splice(place, 2, tokens[place]! + tokens[place + 1]!);
  }
};

describe("BpeModel", () => {
  it("merges by rank", () => {
    const pairs = [
      ["a", "b"],
      ["b", "c"],
      ["ab", "c"],
    ] as const;
    expect(cut(model(pairs), "abcbca")).toEqual(["abc", "bc", "a"]);
    expect(
      cut(
        model([
          ["b", "c"],
          ["a", "b"],
        ]),
        "abc",
      ),
    ).toEqual(["a", "bc"]);
    expect(cut(model([]), "abc")).toEqual(["a", "b", "c"]);
    expect(cut(model(pairs), "")).toEqual([]);
  });

  it("equals merging one pair at a time, for any merges", () => {
    const token = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 4 });
    const pairs = fc.uniqueArray(fc.tuple(token, token), { maxLength: 20, selector: (pair) => pair.join(" ") });
    fc.assert(
      fc.property(pairs, fc.string({ unit: fc.constantFrom(...letters), maxLength: 100 }), (some, text) => {
        const one = model(some);
        expect(cut(one, text)).toEqual(mergeOneByOne(some, text));
        expect(cut(one, text)).toEqual(cut(one, text));
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  it("takes a whole token as it is with ignoreMerges", () => {
    const vocab = new Map([...letters, "abcd"].map((token, id) => [token, id]));
    const one = new BpeModel({ ...plain, vocab, merges: [], ignoreMerges: true });
    expect(cut(one, "abcd")).toEqual(["abcd"]);
    expect(cut(one, "abcda")).toEqual(["a", "b", "c", "d", "a"]);
  });

  it("drops, marks or fuses unknown characters, or writes their bytes", () => {
    const tokens = ["<unk>", "a", "<0xC3>", "<0xA9>"];
    expect(cut(model([], {}, tokens), "axya")).toEqual(["a", "a"]);
    expect(cut(model([], { unkToken: "<unk>" }, tokens), "axya")).toEqual(["a", "<unk>", "<unk>", "a"]);
    expect(cut(model([], { unkToken: "<unk>", fuseUnk: true }, tokens), "axya")).toEqual(["a", "<unk>", "a"]);
    const bytes = model([], { unkToken: "<unk>", byteFallback: true }, tokens);
    expect(cut(bytes, "aéx")).toEqual(["a", "<0xC3>", "<0xA9>", "<unk>"]);
  });

  it("marks the start and the end of a word", () => {
    const tokens = ["a", "##a", "##a</w>", "a</w>"];
    const one = model([], { continuingSubwordPrefix: "##", endOfWordSuffix: "</w>" }, tokens);
    expect(cut(one, "aaa")).toEqual(["a", "##a", "##a</w>"]);
    expect(cut(one, "a")).toEqual(["a</w>"]);
  });

  it("gives each token the range it covers", () => {
    const ranges: [number, number][] = [];
    model([["a", "b"]], { unkToken: "d" }).tokenize("😀ab", (_, __, start, end) => ranges.push([start, end]));
    expect(ranges).toEqual([
      [0, 2],
      [2, 4],
    ]);
  });
});
