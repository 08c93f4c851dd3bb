import type { KernelContext } from "../kernel-context.ts";
import { f32At, floats, near, whole } from "./self-test-values.ts";

const [D, P, LENGTH] = [12, 64, 70];
const SCALE = 0.5;

const query = (i: number): number => whole(i, 20) / 16;

/** Row of a slot's key in a pool of two pages, the second one first in the table. */
const rowOf = (slot: number): number => (slot < P ? 1 : 0) * P + (slot % P);

/** T queries of one head over 70 causal keys in pages of 64: two chunks, tiles of rows and single ones. */
export function attentionIsRight(context: KernelContext, T: number): boolean {
  const stored = (i: number): number => whole(i + 5, 20) / 16;
  const keys = floats(context, 2 * P * D, stored);
  const out = call(context, T, keys, 4);
  context.run("attentionF32", Math.ceil(T / context.attentionRows), 1);
  return followsFormula(context, out, T, (slot, d) => stored(rowOf(slot) * D + d), 1e-5);
}

/** As `attentionIsRight`, over levels with scales. */
export function attentionInt8IsRight(context: KernelContext, T: number): boolean {
  const level = (i: number): number => whole(i + 5, 127);
  const scale = (row: number): number => (1 + (row % 3)) / 256;
  const keys = context.temporary(2 * P * D);
  for (let i = 0; i < 2 * P * D; i++) context.arena.u8[keys + i] = level(i);
  const scales = floats(context, 2 * P, scale);
  const out = call(context, T, keys, 1);
  context.words(34, scales, 4 * P, 0, scales, 4 * P, 0);
  context.run("attentionInt8", Math.ceil(T / context.attentionRows), 1);
  return followsFormula(context, out, T, (slot, d) => level(rowOf(slot) * D + d) * scale(rowOf(slot)), 1e-4);
}

/** Parameters of a call whose keys are its values too, in elements of `bytes`; the address of the result. */
function call(context: KernelContext, T: number, keys: number, bytes: number): number {
  const q = floats(context, T * D, query);
  const [operands, out] = [context.temporary(20), context.temporary(4 * T * D)];
  const [tables, lengths, queryStarts] = [operands, operands + 8, operands + 12];
  context.arena.i32.set([1, 0, LENGTH, 0, T], operands / 4);
  const [page, row] = [bytes * P * D, bytes * D];
  context.words(0, out, q, keys, keys, tables, 0, 0, T, 1, 1, 1, P, D, D);
  context.float(14, SCALE);
  context.words(15, 1, 0);
  context.float(17, 0);
  context.words(18, lengths, queryStarts, 4 * D, 4 * D, page, page, row, page, page, row, 8, 4, 0, 0, 0, 2);
  context.words(40, 2 * P, 2 * P, Math.ceil(T / context.attentionRows));
  context.words(45, context.attentionRows);
  return out;
}

function followsFormula(
  context: KernelContext,
  out: number,
  T: number,
  key: (slot: number, d: number) => number,
  bound: number,
): boolean {
  for (let t = 0; t < T; t++) {
    const weights: number[] = [];
    for (let s = 0; s <= LENGTH - T + t; s++) {
      let score = 0;
      for (let d = 0; d < D; d++) score += query(t * D + d) * key(s, d);
      weights.push(Math.exp(SCALE * score));
    }
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let d = 0; d < D; d++) {
      const want = weights.reduce((sum, weight, s) => sum + weight * key(s, d), 0) / total;
      if (!near(f32At(context, out, t * D + d), want, bound)) return false;
    }
  }
  return true;
}
