import { scope } from "@helium-lm/tensor";
import type { KvCache } from "@helium-lm/nn";
import type { ModelForCausalLM } from "../../heads/index.ts";
import { joined, row, slice, take, type Values } from "../compare.ts";
import type { DrawnModel } from "../drawn-model.ts";
import { resultOf } from "./all-heads.ts";

/**
 * A sequence read in chunks and single steps gives the rows that it gives in one pass, also after the last slots were
 * cropped and written again, and for a row that was copied.
 */
export async function checkChunks(drawn: DrawnModel): Promise<void> {
  using model = await drawn.open("causal-lm");
  const whole = row(await resultOf(model, { inputIds: [drawn.ids] }), 0);
  using cache = drawn.cache();
  const parts: Values[] = [];
  for (const run of drawn.runs) parts.push(await next(model, cache, [run], 0));
  drawn.expectAlike(`chunks ${JSON.stringify(drawn.runs.map((run) => run.length))}`, joined(parts), whole);

  const again = Math.min(2, drawn.ids.length);
  const start = drawn.ids.length - again;
  const tail = slice(whole, start, drawn.ids.length);
  cache.crop(again);
  drawn.expectAlike(`the last ${again} after crop`, await next(model, cache, [drawn.ids.slice(start)], 0), tail);
  cache.crop(again);
  cache.repeatInterleave(2);
  const rows = [drawn.ids.slice(start).map(() => 0), drawn.ids.slice(start)];
  drawn.expectAlike(`the last ${again} in a copied row`, await next(model, cache, rows, 1), tail);
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
