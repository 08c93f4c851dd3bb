import type { KvDType } from "@helium-lm/nn";
import type { DecoderConfig } from "../config/index.ts";

/**
 * Bytes of the keys and values of one token in all layers, by the cache's dtype.
 *
 * @example
 * const { f32, q8_0 } = kvCacheBytesPerToken(model.config);
 * console.log(q8_0 < f32 / 2); // true
 */
export function kvCacheBytesPerToken({ traits }: DecoderConfig): Readonly<Record<KvDType, number>> {
  const heads = 2 * traits.numHiddenLayers * traits.numKeyValueHeads;
  const cached = heads * traits.headDim;
  return { f32: cached * 4, f16: cached * 2, bf16: cached * 2, q8_0: cached + heads * 4 };
}
