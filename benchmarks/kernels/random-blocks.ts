import type { QuantFormatName } from "@helium-lm/tensor";
import { quantize } from "@helium-lm/tensor/quant";
import { randomValues } from "./random.ts";

/** Blocks of a matrix whose rows repeat every 64: as good as random to a kernel, and quickly made. */
export function randomBlocks(format: QuantFormatName, rows: number, columns: number): Uint8Array {
  const repeated = 64;
  const method = format === "q4_K" || format === "q6_K" ? undefined : "reference";
  const some = quantize(format, randomValues(repeated * columns, 3), columns, { ...(method && { method }) });
  const all = new Uint8Array((some.length / repeated) * rows);
  for (let at = 0; at < all.length; at += some.length) all.set(some.subarray(0, all.length - at), at);
  return all;
}
