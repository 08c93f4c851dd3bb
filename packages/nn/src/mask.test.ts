import { expect, test } from "vitest";
import { createBackend, tensor, type Tensor } from "@helium-lm/tensor";
import { bothMasks, paddingMask, windowMask } from "./mask.ts";

const backend = await createBackend("cpu");

/** Rows of a mask `[N, 1, S]` as text. */
async function drawn(mask: Tensor): Promise<string[]> {
  const rows = (await mask.toArray()) as (0 | 1)[][][];
  return rows.map(([row]) => row?.join("") ?? "");
}

test("a bidirectional window looks as far forward as back, from the slots of the queries", async () => {
  expect(await drawn(windowMask(backend, [{ count: 5, length: 5 }], 2))).toEqual([
    "11000",
    "11100",
    "01110",
    "00111",
    "00011",
  ]);
  expect(await drawn(windowMask(backend, [{ count: 2, length: 5 }], 3))).toEqual(["01111", "00111"]);
});

test("two masks show what both show", async () => {
  const window = windowMask(backend, [{ count: 3, length: 3 }], 2);
  const padding = tensor(backend, [[[0, 1, 1]]], { dtype: "bool" });
  expect(await drawn(bothMasks(window, padding))).toEqual(["010", "011", "011"]);
  expect(bothMasks(window, null)).toBe(window);
  const added = tensor(backend, [[[0.5, 0, -1]]]);
  expect(await bothMasks(window, added).toArray()).toEqual([
    [[0.5, 0, -Infinity]],
    [[0.5, 0, -1]],
    [[-Infinity, 0, -1]],
  ]);
});

test("what a short mask lacks is hidden, and what a long one has too many is cut", async () => {
  expect(
    await paddingMask(
      backend,
      [
        [1, 1],
        [1, 1, 1, 1],
      ],
      3,
    )?.toArray(),
  ).toEqual([[[[1, 1, 0]]], [[[1, 1, 1]]]]);
  expect(paddingMask(backend, [[1, 1, 0]], 2)).toBeNull();
});
