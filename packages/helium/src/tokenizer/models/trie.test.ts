import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Trie } from "./trie.ts";

/** The longest key at the start of `text`, by trying them all. */
const longest = (keys: ReadonlyMap<string, number>, text: string): { end: number; value: number } | null => {
  let best: { end: number; value: number } | null = null;
  for (const [key, value] of keys) {
    if (key !== "" && text.startsWith(key) && key.length > (best?.end ?? 0)) best = { end: key.length, value };
  }
  return best;
};

describe("Trie", () => {
  it("finds the longest key at any place", () => {
    const key = fc.oneof(
      fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 6 }),
      fc.string({ unit: "binary", maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(key, { maxLength: 60 }), fc.array(key, { maxLength: 6 }), (keys, text) => {
        const entries = new Map(keys.map((one, index) => [one, index] as const));
        const trie = new Trie(entries);
        for (const one of [...keys, text.join("")]) expect(trie.longestMatch(one, 0)).toEqual(longest(entries, one));
      }),
      { seed: 3, numRuns: 100 },
    );
  });

  it("finds keys under a root with many children", () => {
    const entries = new Map(Array.from({ length: 5000 }, (_, index) => [String.fromCodePoint(0x4e00 + index), index]));
    const trie = new Trie(entries);
    for (const [key, value] of entries) expect(trie.value(trie.child(trie.root, key.charCodeAt(0)))).toBe(value);
    expect(trie.child(trie.root, 0x41)).toBe(-1);
  });

  it("refuses keys that would take more memory than their file", () => {
    expect(() => new Trie(new Map([["0".repeat(6_366_930), 0]]))).toThrow(
      "vocabulary has tokens with 6366931 different beginnings, expected at most 6000000",
    );
  });

  it("is empty without keys", () => {
    expect(new Trie(new Map()).longestMatch("a", 0)).toBeNull();
    expect(new Trie(new Map([["", 1]])).longestMatch("", 0)).toBeNull();
  });
});
