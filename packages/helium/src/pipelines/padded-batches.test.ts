import fc from "fast-check";
import { expect, it } from "vitest";
import { paddedBatches } from "./padded-batches.ts";

const rowsArbitrary = fc.array(fc.array(fc.nat(9), { minLength: 1, maxLength: 3000 }), { maxLength: 100, size: "max" });

it("has every row once, padded to the longest of a bounded batch", () => {
  fc.assert(
    fc.property(rowsArbitrary, (rows) => {
      const batches = [...paddedBatches(rows, 99)];
      expect(batches.flatMap((batch) => batch.rows).sort((a, b) => a - b)).toEqual([...rows.keys()]);
      for (const { rows: indices, inputIds, attentionMask } of batches) {
        const longest = Math.max(...indices.map((row) => rows[row]!.length));
        expect(indices.length === 1 || (indices.length <= 32 && indices.length * longest <= 2048)).toBe(true);
        for (const [b, row] of indices.entries()) {
          const ids = rows[row]!;
          const pads = longest - ids.length;
          expect(inputIds[b]).toEqual([...ids, ...Array<number>(pads).fill(99)]);
          expect(attentionMask[b]).toEqual([...ids.map(() => 1), ...Array<number>(pads).fill(0)]);
        }
      }
    }),
    { seed: 1, numRuns: 30 },
  );
});

it("pads nothing without a pad token", () => {
  const rows = [[1, 2, 3], [4]];
  for (const { rows: indices, inputIds } of paddedBatches(rows, null)) expect(inputIds).toEqual([rows[indices[0]!]]);
});
