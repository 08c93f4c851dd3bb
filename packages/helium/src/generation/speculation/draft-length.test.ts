import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bestLength, DraftLength, tokenCost } from "./draft-length.ts";

describe("the length of a draft", () => {
  test("is the best by the formula of all that make a pass of 2, 4, 8 … tokens, and 0 where a token costs more than it brings", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        fc.double({ min: 0.01, max: 2, noNaN: true }),
        (a, c) => {
          // Σ αⁱ in closed form, as in the paper.
          const rate = (n: number): number => (1 - a ** (n + 1)) / ((1 - a) * (1 + n * c));
          const best = bestLength(a, c, 12);
          expect([0, 1, 3, 7]).toContain(best);
          for (const n of [0, 1, 3, 7]) expect(rate(n)).toBeLessThanOrEqual(rate(best) * (1 + 1e-12));
          if (a < c * (1 - 1e-9)) expect(best).toBe(0);
          if (a > c * (1 + 1e-9)) expect(best).toBeGreaterThan(0);
        },
      ),
      { seed: 20261129 },
    );
  });

  test("begins with few tokens, ends after failures, and tries again later", () => {
    const length = new DraftLength("adaptive", 5);
    const cost = 0.2;
    expect(new DraftLength("adaptive", 5).next(tokenCost(1))).toBe(1);
    const lengths: number[] = [];
    while (length.next(cost) > 0) {
      lengths.push(length.next(cost));
      length.learn(length.next(cost), 0);
    }
    expect(lengths).toEqual([3, 1, 1, 1]);
    const waits = [0, 0, 0, 0, 0, 0].map(() => {
      let passes = 0;
      for (; length.next(cost) === 0; passes++) length.learn(0, 0);
      expect(length.next(cost)).toBe(1);
      length.learn(1, 0);
      return passes;
    });
    expect(waits).toEqual([16, 32, 64, 128, 256, 256]);
    length.learn(1, 1);
    for (let pass = 0; pass < 8; pass++) length.learn(1, 1);
    expect(length.next(cost)).toBeGreaterThan(1);
  });

  test("grows again where drafts are right", () => {
    const length = new DraftLength("adaptive", 8);
    for (let pass = 0; pass < 4; pass++) length.learn(8, 0);
    expect(length.next(0.2)).toBeLessThan(3);
    for (let pass = 0; pass < 10; pass++) length.learn(3, 3);
    expect(length.next(0.2)).toBeGreaterThan(4);
  });

  test("is 0 in a full batch, whatever was right", () => {
    const length = new DraftLength("adaptive", 8);
    for (let pass = 0; pass < 10; pass++) length.learn(8, 7);
    const lengths = [1, 4, 8, 16, 32, 64].map((rows) => length.next(tokenCost(rows)));
    expect(lengths).toEqual(lengths.toSorted((a, b) => b - a));
    expect(lengths[0]).toBeGreaterThan(2);
    expect(lengths.at(-1)).toBe(0);
    // Nothing is tried where it could not pay.
    for (let pass = 0; pass < 300; pass++) length.learn(0, 0);
    expect([length.next(1), length.next(0.9)]).toEqual([0, 1]);
    expect(tokenCost(1)).toBeCloseTo(0.4, 12);
    expect(bestLength(0.8, tokenCost(5), 8)).toBeGreaterThan(0);
    expect(bestLength(0.8, tokenCost(6), 8)).toBe(0);
  });

  test("follows transformers' schedules", () => {
    const heuristic = new DraftLength("heuristic", 4);
    const seen = [
      [4, 4],
      [6, 2],
      [0, 0],
      [5, 5],
      [7, 0],
    ].map(([drafted = 0, accepted = 0]) => {
      heuristic.learn(drafted, accepted);
      return heuristic.next(9);
    });
    expect(seen).toEqual([6, 5, 5, 7, 6]);
    for (let pass = 0; pass < 20; pass++) heuristic.learn(2, 1);
    expect(heuristic.next(9)).toBe(1);
    const constant = new DraftLength("constant", 4);
    constant.learn(4, 0);
    expect(constant.next(9)).toBe(4);
  });
});
