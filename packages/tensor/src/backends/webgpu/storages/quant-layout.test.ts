import fc from "fast-check";
import { expect, test } from "vitest";
import { quantFormatNames, quantFormats } from "../../../quant/formats/index.ts";
import { putPlane, shardsOf, takePlane } from "./quant-layout.ts";
import { blockFormats } from "../wgsl/block-formats.ts";

test.each(quantFormatNames)("the planes of %s are its blocks, every byte once", (format) => {
  const covered = new Uint8Array(quantFormats[format].blockBytes);
  for (const { offset, bytes } of blockFormats[format].planes) for (let i = 0; i < bytes; i++) covered[offset + i]++;
  expect([...covered]).toEqual([...covered.fill(1)]);
});

test("blocks are what their planes are put together to, wherever they lie", () =>
  fc.assert(
    fc.property(fc.constantFrom(...quantFormatNames), fc.nat(9), fc.nat(3), fc.nat(), (format, count, shift, seed) => {
      const { blockBytes } = quantFormats[format];
      const memory = Uint8Array.from({ length: shift + count * blockBytes }, (_, i) => (i * 31 + seed) & 255);
      const blocks = memory.subarray(shift);
      const back = new Uint16Array(blocks.length / 2);
      for (const plane of blockFormats[format].planes) putPlane(format, plane, takePlane(format, plane, blocks), back);
      expect(new Uint8Array(back.buffer)).toEqual(blocks);
    }),
    { seed: 3 },
  ));

test("shards hold all rows, are within the limit and begin where parts may", () =>
  fc.assert(
    fc.property(
      ...([fc.constantFrom(...quantFormatNames), fc.nat(400), fc.integer({ min: 0, max: 4 })] as const),
      fc.integer({ min: 40_000, max: 200_000 }),
      (format, rows, blocks, limit) => {
        const shards = shardsOf(format, rows, blocks * quantFormats[format].blockSize, limit);
        let next = 0;
        for (const { firstRow, rows: count, bytes, planes } of shards) {
          expect(firstRow).toBe(next);
          expect(firstRow % 32).toBe(0);
          expect(bytes).toBeLessThanOrEqual(limit);
          expect(planes.every((begin) => begin % 16 === 0)).toBe(true);
          next += count;
        }
        expect(next).toBe(rows);
      },
    ),
    { seed: 4 },
  ));

test("rows of which no 32 fit into a buffer have no shards", () => {
  expect(shardsOf("q8_0", 64, 2 ** 20, 2 ** 20)).toEqual([]);
});
