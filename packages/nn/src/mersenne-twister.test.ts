import { describe, expect, test } from "vitest";
import { MersenneTwister } from "./mersenne-twister.ts";

describe("MT19937", () => {
  test("gives the numbers that its standard in C++ states", () => {
    const generator = new MersenneTwister(5489);
    for (let i = 0; i < 9999; i++) generator.bits();
    expect(generator.bits()).toBe(4123659995);
  });

  // The first outputs of mt19937ar.out, which its authors publish.
  test("seeded by words gives the numbers of its authors", () => {
    const generator = new MersenneTwister([0x123, 0x234, 0x345, 0x456]);
    const first = [1067595299, 955945823, 477289528, 4107218783, 4228976476];
    expect(first.map(() => generator.bits())).toEqual(first);
  });

  test("permutes as torch.randperm(10) after torch.manual_seed", () => {
    expect([...new MersenneTwister(0).permutation(10)]).toEqual([4, 1, 7, 5, 3, 9, 0, 8, 6, 2]);
    expect([...new MersenneTwister(42).permutation(10)]).toEqual([2, 6, 1, 8, 4, 5, 0, 9, 3, 7]);
  });
});
