import { expect, test } from "vitest";
import { reorderHeadRows } from "./rotary-row-order.ts";

test("one head of 8: the specification's orders, and back", () => {
  const rows = Uint8Array.from({ length: 8 }, (_, i) => i);
  const group = { rows: 8, heads: 1, rotaryDim: 8 };
  const interleaved = reorderHeadRows(rows, group, "interleaved");
  expect([...interleaved]).toEqual([0, 4, 1, 5, 2, 6, 3, 7]);
  expect([...reorderHeadRows(rows, group, "half")]).toEqual([0, 2, 4, 6, 1, 3, 5, 7]);
  expect(reorderHeadRows(interleaved, group, "half")).toEqual(rows);
});

test("heads by themselves, rows of several bytes, and only what is rotated", () => {
  const rows = Uint8Array.from({ length: 2 * 6 * 2 }, (_, i) => i);
  const group = { rows: 12, heads: 2, rotaryDim: 4 };
  const ordered = reorderHeadRows(rows, group, "interleaved");
  const order = [0, 2, 1, 3, 4, 5, 6, 8, 7, 9, 10, 11];
  expect([...ordered]).toEqual(order.flatMap((row) => [2 * row, 2 * row + 1]));
  expect(reorderHeadRows(ordered, group, "half")).toEqual(rows);
});
