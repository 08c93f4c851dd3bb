import { expect, test } from "vitest";
import { createBackend } from "@helium-lm/tensor";
import { KvSequence, PagePool } from "./cache/index.ts";
import { StepInputs, type SequenceStep } from "./step-inputs.ts";

test("passes of one size share buffers; another size has its own, and the last ones are freed", async () => {
  const backend = await createBackend("cpu");
  using pool = new PagePool(backend, { layers: 1, kvHeads: 1, headDim: 1, pageSize: 2 });
  const [a, b] = [new KvSequence(pool), new KvSequence(pool)];
  const step = (sequence: KvSequence, ids: readonly number[], outputs: number): SequenceStep => {
    const start = sequence.length;
    sequence.append(ids.length);
    return { sequence, ids, positions: ids.map((_, i) => start + i), outputs };
  };
  const read = async (inputs: StepInputs): Promise<unknown> => {
    const { ids, positions, slots, queryStarts, lengths, tables, outputs } = inputs;
    const tensors = { ids, positions, slots, queryStarts, lengths, tables, outputs };
    const entries = Object.entries(tensors).map(async ([name, t]) => [name, await t.toArray()] as const);
    return Object.fromEntries(await Promise.all(entries));
  };
  pool.reserve(8);
  const before = backend.memory().handles;
  const first = StepInputs.of(backend, [step(a, [7, 8, 9], 1), step(b, [5], 1)], null);
  expect(await read(first)).toEqual({
    ids: [7, 8, 9, 5],
    positions: [0, 1, 2, 0],
    slots: [0, 1, 2, 4],
    queryStarts: [0, 3, 4],
    lengths: [3, 1],
    tables: [
      [0, 1],
      [2, 0],
    ],
    outputs: [2, 3],
  });
  const handles = backend.memory().handles - before;
  const second = StepInputs.of(backend, [step(b, [1, 2, 3], 0), step(a, [4], 1)], first);
  expect(second).not.toBe(first);
  const third = StepInputs.of(backend, [step(a, [6, 6, 6], 0), step(b, [0], 1)], second);
  expect(third.size).toEqual({ tokens: 4, sequences: 2, pages: 4, outputs: 1 });
  const fourth = StepInputs.of(backend, [step(a, [1], 1), step(b, [2, 3, 4], 0)], third);
  expect(fourth).toBe(third);
  expect(await read(fourth)).toMatchObject({ ids: [1, 2, 3, 4], queryStarts: [0, 1, 4], outputs: [0] });
  expect(backend.memory().handles - before).toBe(handles);
  fourth.dispose();
  expect(backend.memory().handles).toBe(before);
});
