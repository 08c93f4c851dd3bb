import { scope } from "@helium-lm/tensor";
import type { ModelForCausalLM } from "../../heads/index.ts";
import { paddedBatch, type PaddedBatch } from "../batches.ts";
import { expectClose, row, slice, take, type Values } from "../compare.ts";
import type { DrawnModel } from "../drawn-model.ts";
import { resultOf } from "./all-heads.ts";

/** Rows of different lengths in one padded batch equal the rows alone, in one pass and with a cache. */
export async function checkPadding(drawn: DrawnModel): Promise<void> {
  using model = await drawn.open("causal-lm");
  const rows = [drawn.ids, ...drawn.mates];
  const pad = drawn.config.padTokenId ?? 0;
  const alone: Values[] = [];
  for (const ids of rows) alone.push(row(await resultOf(model, { inputIds: [ids] }), 0));

  for (const side of ["left", "right"] as const) {
    const { inputIds, attentionMask, positionIds, starts } = paddedBatch(rows, side, pad);
    const counted = await resultOf(model, { inputIds, attentionMask });
    const corrected = await resultOf(model, { inputIds, attentionMask, positionIds });
    alone.forEach((own, b) => {
      const [start = 0, length = 0] = [starts[b], rows[b]?.length];
      const tokensOf = (got: Values): Values => slice(row(got, b), start, start + length);
      expectClose(`row ${b} padded ${side}, slots as positions`, tokensOf(counted), own);
      expectClose(`row ${b} padded ${side}, corrected positions`, tokensOf(corrected), own);
    });
  }
  if (!drawn.config.traits.causal) return;
  const last = await lastStep(drawn, model, paddedBatch(rows, "left", pad));
  alone.forEach((own, b) => {
    const T = own.shape[0] ?? 0;
    expectClose(`row ${b} padded left, last step with a cache`, row(last, b), slice(own, T - 1, T));
  });
}

/** `[B, 1, V]`: the last token of every row, read by itself after all others. */
async function lastStep(drawn: DrawnModel, model: ModelForCausalLM, batch: PaddedBatch): Promise<Values> {
  using cache = drawn.cache();
  const read = (from: number, to: number): Promise<Values> => {
    const columns = (rows: readonly (readonly number[])[]): number[][] => rows.map((ids) => ids.slice(from, to));
    const inputs = {
      inputIds: columns(batch.inputIds),
      attentionMask: batch.attentionMask.map((mask) => mask.slice(0, to)),
      positionIds: columns(batch.positionIds),
      pastKeyValues: cache,
    };
    return take(scope(() => model.forward(inputs).logits));
  };
  const length = batch.inputIds[0]?.length ?? 0;
  await read(0, length - 1);
  return read(length - 1, length);
}
