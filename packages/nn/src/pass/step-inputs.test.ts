import { expect, test } from "vitest";
import { createBackend } from "@helium-lm/tensor";
import { KvSequence, PagePool } from "../cache/index.ts";
import { StepInputs, stepSize, type SequenceStep } from "./step-inputs.ts";

test("a pass is data: passes of one size use the same buffers", async () => {
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
  const steps = [step(a, [7, 8, 9], 1), step(b, [5], 1)];
  const first = new StepInputs(backend, stepSize(steps));
  first.fill(steps);
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
  const second = [step(a, [4], 1), step(b, [1, 2, 3], 1)];
  expect(stepSize(second)).toEqual(first.size);
  first.fill(second);
  expect(await read(first)).toMatchObject({ ids: [4, 1, 2, 3], queryStarts: [0, 1, 4], outputs: [0, 3] });
  expect(backend.memory().handles - before).toBe(handles);
  first.dispose();
  expect(backend.memory().handles).toBe(before);
});
