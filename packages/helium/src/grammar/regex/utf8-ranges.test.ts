import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8Ranges } from "./utf8-ranges.ts";

const codePoint = fc.oneof(
  fc.integer({ min: 0, max: 0x10ffff }),
  fc.constantFrom(0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdfff, 0xe000, 0xffff, 0x10000, 0x10ffff),
);

describe("UTF-8 of a range of code points", () => {
  test("holds exactly the encodings of the range, by the platform's encoder", () => {
    fc.assert(
      fc.property(codePoint, codePoint, fc.array(codePoint, { maxLength: 20 }), (a, b, others) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const sequences = utf8Ranges(from, to);
        for (const one of [a, b, ...others]) {
          if (one >= 0xd800 && one <= 0xdfff) continue;
          const bytes = new TextEncoder().encode(String.fromCodePoint(one));
          const found = sequences.filter(
            (ranges) =>
              ranges.length === bytes.length &&
              ranges.every(([x, y], i) => x <= (bytes[i] ?? 0) && (bytes[i] ?? 0) <= y),
          );
          expect(found).toHaveLength(one >= from && one <= to ? 1 : 0);
        }
      }),
      { seed: 15, numRuns: 300 },
    );
  });

  test("is few sequences", () => {
    expect(utf8Ranges(0, 0x10ffff)).toHaveLength(9);
    expect(utf8Ranges(0xd800, 0xdfff)).toEqual([]);
  });
});
