import { expect, test } from "vitest";
import { createBackend } from "@helium-lm/tensor";
import { KvSequence, PagePool, type SequenceStep } from "@helium-lm/nn";
import { PassInputs } from "./pass-inputs.ts";

const backend = await createBackend("cpu");
const pool = new PagePool(backend, { layers: 0, kvHeads: 1, headDim: 1 });

/** A pass of one sequence with so many tokens, the last ones of them looked at. */
function passOf(tokens: number, outputs = 1): readonly SequenceStep[] {
  const sequence = new KvSequence(pool);
  sequence.append(tokens);
  const ids = Array.from({ length: tokens }, (_, t) => t);
  return [{ sequence, ids, positions: ids, outputs }];
}

test("passes of one size share buffers, those that look at other tokens do not", async () => {
  const inputs = new PassInputs(backend, false);
  const first = inputs.fill(passOf(3));
  expect(inputs.fill(passOf(3))).toBe(first);
  const more = inputs.fill(passOf(3, 2));
  expect(more).not.toBe(first);
  expect(await more.outputs.toArray()).toEqual([1, 2]);
  expect(inputs.fill(passOf(4))).not.toBe(first);
  expect(inputs.fill(passOf(3))).toBe(first);
  inputs.dispose();
  expect(backend.memory().handles).toBe(0);
});

test("the buffers of sixteen small sizes and of one large are kept, those used last", () => {
  const inputs = new PassInputs(backend, false);
  const own = inputs.fill(passOf(1));
  const each = backend.memory().handles;
  for (let tokens = 2; tokens <= 60; tokens++) {
    inputs.fill(passOf(tokens));
    expect(inputs.fill(passOf(1))).toBe(own);
  }
  for (const tokens of [100, 200, 300]) inputs.fill(passOf(tokens));
  expect(backend.memory().handles).toBe(17 * each);
  inputs.dispose();
  expect(backend.memory().handles).toBe(0);
});
