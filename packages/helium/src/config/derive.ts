import { ConfigError } from "../errors.ts";
import type { FieldValues, LayerType } from "./fields.ts";

/** `hidden_size / num_attention_heads`. @throws ConfigError unless it is a whole number */
export function headDim({ hidden_size: size, num_attention_heads: heads }: FieldValues, file: string): number {
  const quotient = size / heads;
  if (Number.isInteger(quotient)) return quotient;
  throw new ConfigError({
    file,
    key: "hidden_size",
    given: size,
    expected: `a multiple of num_attention_heads = ${heads} where head_dim is not given`,
    mend: "give head_dim, or correct one of the two",
  });
}

/** As many key heads as query heads. */
export const queryHeads = (config: FieldValues): number => config.num_attention_heads;

/** `[L]`: a value for each layer. */
export function perLayer<T>({ num_hidden_layers: L }: FieldValues, valueOf: (layer: number) => T): readonly T[] {
  return Array.from({ length: L }, (_, layer) => valueOf(layer));
}

/** `[L]`: which layers see only a window. */
export function layerTypes(config: FieldValues, slides: (layer: number) => boolean): readonly LayerType[] {
  return perLayer(config, (layer) => (slides(layer) ? "sliding_attention" : "full_attention"));
}
