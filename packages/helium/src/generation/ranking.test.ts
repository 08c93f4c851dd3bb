import fc from "fast-check";
import { expect, test } from "vitest";
import { rankTop } from "./ranking.ts";

test("the largest come first, the earlier one where equal, and what is excluded takes no place", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 12 }),
      fc.nat(14),
      fc.uniqueArray(fc.nat(11)),
      (values, count, excluded) => {
        const sorted = values
          .map((value, i) => ({ value, i }))
          .filter(({ i }) => !excluded.includes(i))
          .sort((a, b) => b.value - a.value || a.i - b.i);
        expect(rankTop(values, count, new Set(excluded))).toEqual(sorted.slice(0, count).map(({ i }) => i));
      },
    ),
    { seed: 1 },
  );
});

test("the excluded one that is largest is no reason to stop", () => {
  expect(rankTop([1, 9, 5, 3], 2, new Set([1]))).toEqual([2, 3]);
});
