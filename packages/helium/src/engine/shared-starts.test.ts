import type { KvSequence } from "@helium-lm/nn";
import { expect, test } from "vitest";
import { SharedStarts } from "./shared-starts.ts";
import { Work, type EngineRow } from "./work.ts";

interface Setup {
  readonly ids: readonly number[];
  /** Tokens computed, or taken over. */
  readonly length?: number;
  readonly skip?: number;
  readonly outputs?: number;
  readonly salt?: string | null;
  readonly chunkSize?: number | null;
  readonly isMasked?: boolean;
  readonly isBeginning?: boolean;
}

/** Which of some texts wait, in their order; pages have four tokens. */
function waiting(...setups: readonly Setup[]): readonly boolean[] {
  const starts = new SharedStarts();
  return setups.map(({ ids, length = 0, skip = 0, outputs = 1, salt = "", chunkSize = null, ...more }, arrival) => {
    const row: EngineRow = {
      ...{ ids, skip, outputs, positions: ids.map((_, t) => t), visible: more.isMasked ? ids.map(() => 1) : null },
      sequence: { length, pool: { pageSize: 4 } } as KvSequence,
    };
    const request = { rows: [row], wanted: { kind: "logits" }, chunkSize, isWhole: false, salt } as const;
    const work = new Work(
      request,
      arrival,
      () => undefined,
      () => undefined,
    );
    return starts.waits(work, row, more.isBeginning ?? length === 0);
  });
}

const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const other = [1, 2, 3, 4, 5, 0, 0, 0, 0, 0];

test("a text waits for the next page of one before it, while that is its own too", () => {
  expect(waiting({ ids: ten }, { ids: ten }, { ids: other })).toEqual([false, true, true]);
  expect(waiting({ ids: ten, length: 4 }, { ids: ten }, { ids: other })).toEqual([false, true, false]);
  expect(waiting({ ids: ten, length: 7 }, { ids: ten }, { ids: other })).toEqual([false, true, false]);
  expect(waiting({ ids: ten, length: 8 }, { ids: ten })).toEqual([false, false]);
  expect(waiting({ ids: [9, ...ten] }, { ids: ten })).toEqual([false, false]);
  expect(waiting({ ids: ten.slice(0, 3) }, { ids: ten.slice(0, 3) })).toEqual([false, false]);
});

test("the one that waits is waited for by those who share more with it", () => {
  const more = [1, 2, 3, 4, 5, 6, 7, 8, 0, 0];
  expect(waiting({ ids: other, length: 8 }, { ids: ten, length: 4 }, { ids: more })).toEqual([false, false, true]);
});

test("whoever has computed something of its own goes on", () => {
  expect(waiting({ ids: ten }, { ids: ten, length: 2, isBeginning: false })).toEqual([false, false]);
});

test("nobody waits for pages that it has taken over already, or that are looked at in any case", () => {
  expect(waiting({ ids: ten }, { ids: ten, length: 4, isBeginning: true })).toEqual([false, false]);
  expect(waiting({ ids: ten, length: 4 }, { ids: ten, length: 4, isBeginning: true })).toEqual([false, true]);
  for (const [outputs, waits] of [
    [2, true],
    [3, false],
  ] as const)
    expect(waiting({ ids: ten, length: 4 }, { ids: ten, outputs })).toEqual([false, waits]);
});

test("padding counts on neither side", () => {
  const padded = { ids: [0, 0, ...ten], skip: 2 };
  expect(waiting(padded, { ids: ten })).toEqual([false, true]);
  expect(waiting({ ids: ten }, padded)).toEqual([false, true]);
  expect(waiting({ ...padded, length: 8 }, { ids: ten })).toEqual([false, false]);
});

test("another salt, none, a mask of its own, or smaller pieces: nobody waits", () => {
  expect(waiting({ ids: ten, salt: "a" }, { ids: ten }, { ids: ten, salt: "a" })).toEqual([false, false, true]);
  expect(waiting({ ids: ten, salt: null }, { ids: ten, salt: null })).toEqual([false, false]);
  expect(waiting({ ids: ten, isMasked: true }, { ids: ten })).toEqual([false, false]);
  expect(waiting({ ids: ten }, { ids: ten, isMasked: true })).toEqual([false, false]);
  expect(waiting({ ids: ten, chunkSize: 2 }, { ids: ten }, { ids: ten, chunkSize: 2 })).toEqual([false, false, true]);
  expect(waiting({ ids: ten }, { ids: ten, chunkSize: 2 })).toEqual([false, true]);
});
