import fc from "fast-check";
import { expect, test } from "vitest";
import { planGroups } from "./plan-groups.ts";

const pairOf = (context: readonly number[], continuation: readonly number[]) => ({ context, continuation });
const shots = (subject: number): number[] => Array.from({ length: 8 }, (_, i) => subject * 100 + i);

test("answers to one question are one group, and questions wait for the first with the same examples", () => {
  const pairs = [
    pairOf([...shots(2), 7, 8], [1]),
    pairOf([...shots(1), 5, 6], [1]),
    pairOf([...shots(2), 7, 8], [2, 3]),
    pairOf([...shots(2), 3, 4], [1]),
    pairOf([...shots(1), 9], [1]),
  ];
  const groups = planGroups(pairs, 4);
  expect(groups.map(({ requests, waitsFor }) => ({ requests, waitsFor }))).toEqual([
    { requests: [1], waitsFor: null },
    { requests: [4], waitsFor: 0 },
    { requests: [3], waitsFor: null },
    { requests: [0, 2], waitsFor: 2 },
  ]);
  expect(groups[3]?.continuations).toEqual([[1], [2, 3]]);
});

test("a question waits for one before it that has all the pages it could share, and for no other", () => {
  const ids = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(ids, { maxLength: 20 }), fc.integer({ min: 1, max: 3 }), (contexts, pageSize) => {
      const groups = planGroups(
        contexts.map((context) => pairOf(context, [1])),
        pageSize,
      );
      expect(groups.flatMap(({ requests }) => requests).sort((a, b) => a - b)).toEqual([...contexts.keys()]);
      const pages = (a: readonly number[] = [], b: readonly number[] = []): number => {
        const different = a.findIndex((id, i) => id !== b[i]);
        const shared = Math.min(different < 0 ? a.length : different, b.length - 1);
        return Math.floor(shared / pageSize);
      };
      for (const [place, { context, waitsFor }] of groups.entries()) {
        const most = Math.max(0, ...groups.slice(0, place).map((other) => pages(other.context, context)));
        if (most === 0) expect(waitsFor).toBeNull();
        else {
          expect(waitsFor).toBeLessThan(place);
          expect(pages(groups[waitsFor ?? -1]?.context, context)).toBe(most);
        }
      }
    }),
    { seed: 5 },
  );
});
