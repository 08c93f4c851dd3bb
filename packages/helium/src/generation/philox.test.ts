import { expect, test } from "vitest";
import { philox, type PhiloxCounter, type PhiloxKey } from "./philox.ts";
import { occurrences, RowRandom } from "./row-random.ts";

/** Counter, key and words of Philox4x32-10 in the known-answer file of the authors' library, Random123. */
const knownAnswers: readonly (readonly [PhiloxCounter, PhiloxKey, PhiloxCounter])[] = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];

test.each(knownAnswers)("the words of %j under %j are those of the authors", (counter, key, words) => {
  expect(philox(counter, key)).toEqual(words);
});

test("a row's numbers are uniform, and those of other seeds, rows and steps are others", () => {
  const draw = (seed: number, row: number, step: number, count: number): number[] => {
    const random = new RowRandom(seed, row).at(step);
    return Array.from({ length: count }, () => random.uniform());
  };
  const first = draw(7, 0, 0, 4000);
  expect(draw(7, 0, 0, 3)).toEqual(first.slice(0, 3));
  const others = [draw(8, 0, 0, 4000), draw(7, 1, 0, 4000), draw(7, 0, 1, 4000), draw(7 + 2 ** 32, 0, 0, 4000)];
  for (const other of [draw(-7, 0, 0, 4000), ...others]) expect(other.some((u) => first.includes(u))).toBe(false);
  for (const numbers of [first, ...others]) {
    // Mean ½ ± 4 σ of a mean of 4,000, and every tenth of [0, 1) holds 400 ± 4 σ.
    expect(Math.abs(numbers.reduce((sum, u) => sum + u, 0) / 4000 - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / 4000));
    const tenths = new Array<number>(10).fill(0);
    for (const u of numbers) tenths[Math.floor(u * 10)]! += 1;
    for (const count of tenths) expect(Math.abs(count - 400)).toBeLessThan(4 * Math.sqrt(4000 * 0.1 * 0.9));
  }
});

test("equal prompts are counted, padding aside, for each seed alone", () => {
  const prompts = [
    [3, 1, 7],
    [1, 7, 3],
    [1, 7, 7],
    [3, 1, 7],
    [3, 1, 7],
  ];
  const masks = [
    [0, 1, 1],
    [1, 1, 0],
    [1, 1, 1],
    [0, 1, 1],
    [1, 1, 1],
  ];
  expect(occurrences(prompts, masks, [5, 5, 5, 5, 5])).toEqual([0, 1, 0, 2, 0]);
  expect(occurrences(prompts, masks, [5, 6, 5, 5, 5])).toEqual([0, 0, 0, 1, 0]);
});
