import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TokenMask } from "./token-mask.ts";

const V = 300;

const sets = fc.record({
  bits: fc.option(fc.uniqueArray(fc.nat(V - 1))),
  tokens: fc.array(fc.nat(V - 1), { maxLength: 12 }),
});

const wordsOf = (ids: readonly number[]): Uint32Array => {
  const words = new Uint32Array(Math.ceil(V / 32));
  for (const id of ids) words[id >>> 5] = (words[id >>> 5] ?? 0) | (1 << (id & 31));
  return words;
};

describe("a set of tokens", () => {
  test("has what it was made of, and leaves the scores of that alone", () => {
    fc.assert(
      fc.property(sets, fc.array(fc.nat(V + 20), { maxLength: 3 }), ({ bits, tokens }, also) => {
        const words = bits && wordsOf(bits);
        const before = words?.slice();
        const mask = new TokenMask(V, words, tokens);
        const all = new Set([...(bits ?? []), ...tokens]);
        const ids = Array.from({ length: V }, (_, id) => id);
        expect(ids.filter((id) => mask.has(id))).toEqual(ids.filter((id) => all.has(id)));
        expect(mask.size).toBe(all.size);
        const list = mask.tokens();
        if (list) expect([...list]).toEqual(ids.filter((id) => all.has(id)));
        // A model's vocabulary may be padded beyond the tokenizer's.
        const scores = Float32Array.from({ length: V + 40 }, (_, id) => id);
        mask.apply(scores, also);
        const kept = new Set([...all, ...also]);
        expect([...scores]).toEqual(Array.from({ length: V + 40 }, (_, id) => (kept.has(id) ? id : -Infinity)));
        expect(words).toEqual(before ?? null);
      }),
      { seed: 15, numRuns: 300 },
    );
  });

  test("takes no room for bits that others have too", () => {
    const words = wordsOf([1, 2, 3]);
    expect(new TokenMask(V, words, [7]).ownBytes).toBe(4);
    expect(new TokenMask(V, words, [7], false).ownBytes).toBe(4 + words.byteLength);
    expect(new TokenMask(V, null, [7, 8]).tokens()).toEqual(Int32Array.of(7, 8));
  });
});
