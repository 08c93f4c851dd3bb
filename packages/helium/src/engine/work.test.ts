import type { KvSequence } from "@helium-lm/nn";
import { expect, test } from "vitest";
import { Work, type EngineRow } from "./work.ts";

const row = (outputs: number): EngineRow => ({
  ...{ ids: [1, 2, 3], positions: [0, 1, 2], visible: null, skip: 0, outputs },
  sequence: { length: 0 } as KvSequence,
});

// Found by `npm run soak -- engine`: beams got the logits of the first row for the second one too.
test("a row that is computed again, since its pages were taken, has its outputs once", async () => {
  const rows = [row(1), row(2)] as const;
  const [a, b, c] = [1, 2, 3].map((value) => Float32Array.of(value)) as [Float32Array, Float32Array, Float32Array];
  const told = new Promise((resolve, reject) => {
    const request = { rows, wanted: { kind: "logits" }, chunkSize: null, isWhole: false, salt: null } as const;
    const work = new Work(request, 0, resolve, reject);
    expect(work.take(rows[0], [a])).toBe(false);
    expect(work.take(rows[0], [a])).toBe(false);
    expect(work.take(rows[1], [b, c])).toBe(true);
  });
  expect(await told).toEqual([a, b, c]);
});
