import { scope } from "@helium-lm/tensor";
import type { KvCache } from "@helium-lm/nn";
import type { ModelForCausalLM } from "../../heads/index.ts";
import { joined, row, slice, take, type Values } from "../compare.ts";
import type { Trial } from "../trial.ts";
import { resultOf } from "./all-heads.ts";

/**
 * A sequence read in chunks and single steps gives the rows that it gives in one pass, also after the last slots were
 * cropped and written again, and for a row that was copied.
 */
export async function checkChunks(trial: Trial): Promise<void> {
  using model = await trial.open("causal-lm");
  const whole = row(await resultOf(model, { inputIds: [trial.ids] }), 0);
  using cache = trial.cache();
  const parts: Values[] = [];
  for (const run of trial.runs) parts.push(await next(model, cache, [run], 0));
  trial.expectAlike(`chunks ${JSON.stringify(trial.runs.map((run) => run.length))}`, joined(parts), whole);

  const again = Math.min(2, trial.ids.length);
  const start = trial.ids.length - again;
  const tail = slice(whole, start, trial.ids.length);
  cache.crop(again);
  trial.expectAlike(`the last ${again} after crop`, await next(model, cache, [trial.ids.slice(start)], 0), tail);
  cache.crop(again);
  cache.repeatInterleave(2);
  const rows = [trial.ids.slice(start).map(() => 0), trial.ids.slice(start)];
  trial.expectAlike(`the last ${again} in a copied row`, await next(model, cache, rows, 1), tail);
}

/** Logits of row `b` for the next tokens. */
async function next(
  model: ModelForCausalLM,
  cache: KvCache,
  rows: readonly (readonly number[])[],
  b: number,
): Promise<Values> {
  const logits = scope(() => model.forward({ inputIds: rows, pastKeyValues: cache }).logits);
  return row(await take(logits), b);
}
