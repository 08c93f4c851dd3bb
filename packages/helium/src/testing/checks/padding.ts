import { scope } from "@helium-lm/tensor";
import { expectClose, positions, take, type Values } from "../compare.ts";
import { paddedBatch, type PaddedBatch } from "../batches.ts";
import type { Trial } from "../trial.ts";
import { resultOf } from "./all-heads.ts";

/** Rows of different lengths in one padded batch equal the rows alone, in one pass and, padded left, step by step. */
export async function checkPadding(trial: Trial): Promise<void> {
  using model = await trial.open("causal-lm");
  const rows = [trial.ids, ...trial.mates];
  const alone: Values[] = [];
  for (const row of rows) alone.push(positions(await resultOf(model, { inputIds: [row] }), 0, 0, row.length));

  const compare = (what: string, batch: PaddedBatch, got: Values): void =>
    batch.starts.forEach((start, b) => {
      const length = rows[b]?.length ?? 0;
      expectClose(`row ${b}, ${what}`, positions(got, b, start, start + length), alone[b] ?? got);
    });
  for (const side of ["left", "right"] as const) {
    const batch = paddedBatch(rows, side, trial.config.padTokenId ?? 0);
    const { inputIds, attentionMask, positionIds } = batch;
    compare(`padded ${side}, slots as positions`, batch, await resultOf(model, { inputIds, attentionMask }));
    const corrected = await resultOf(model, { inputIds, attentionMask, positionIds });
    compare(`padded ${side}, corrected positions`, batch, corrected);
  }
  if (!trial.config.knobs.causal) return;

  const batch = paddedBatch(rows, "left", trial.config.padTokenId ?? 0);
  const length = batch.attentionMask[0]?.length ?? 0;
  const last = rows.map((row) => row.length - 1);
  using cache = trial.cache();
  const columns = (all: readonly (readonly number[])[], from: number, to: number): number[][] =>
    all.map((row) => row.slice(from, to));
  for (const [from, to] of length > 1
    ? ([
        [0, length - 1],
        [length - 1, length],
      ] as const)
    : ([[0, 1]] as const)) {
    const logits = scope(
      () =>
        model.forward({
          inputIds: columns(batch.inputIds, from, to),
          attentionMask: columns(batch.attentionMask, 0, to),
          positionIds: columns(batch.positionIds, from, to),
          pastKeyValues: cache,
          logitsToKeep: 1,
        }).logits,
    );
    const got = await take(logits);
    if (to < length) continue;
    rows.forEach((_, b) => {
      const own = alone[b] ?? got;
      const at = last[b] ?? 0;
      expectClose(
        `row ${b}, last step of a left-padded batch`,
        positions(got, b, 0, 1),
        positions({ ...own, shape: [1, ...own.shape] }, 0, at, at + 1),
      );
    });
  }
}
