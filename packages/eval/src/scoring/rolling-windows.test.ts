import fc from "fast-check";
import { expect, test } from "vitest";
import { rollingWindows } from "./rolling-windows.ts";

test("the windows of lm-evaluation-harness", () => {
  const ids = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  expect(rollingWindows(ids, 0, 4)).toEqual([
    { context: [0], targets: [1, 2, 3, 4] },
    { context: [4], targets: [5, 6, 7, 8] },
    { context: [6, 7, 8], targets: [9, 10] },
  ]);
  expect(rollingWindows([], 0, 4)).toEqual([]);
  expect(rollingWindows([7], 0, 4)).toEqual([{ context: [0], targets: [7] }]);
});

test("every token is scored once, and no pass reads more than it may", () => {
  fc.assert(
    fc.property(fc.nat(40), fc.integer({ min: 1, max: 9 }), (n, length) => {
      const ids = Array.from({ length: n }, (_, i) => i + 1);
      const windows = rollingWindows(ids, 0, length);
      expect(windows.flatMap(({ targets }) => targets)).toEqual(ids);
      for (const { context, targets } of windows) {
        expect(context.length).toBeGreaterThan(0);
        expect(context.length + targets.length - 1).toBeLessThanOrEqual(length);
        if ((targets[0] ?? 0) > 1) expect(context.at(-1)).toBe((targets[0] ?? 0) - 1);
      }
    }),
    { seed: 3 },
  );
});
