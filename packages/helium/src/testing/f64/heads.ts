import type { DecoderConfig, DecoderTraits } from "../../config/index.ts";
import { heads, type HeadName } from "../../heads/index.ts";
import { required, type LayerWeights } from "./attention.ts";
import { linear, type Rows } from "./vectors.ts";

/** Shape of a head's result for `[B][T]` tokens: `[B, T, n]`, or `[B, n]` where one position has it. */
export function headShape(head: HeadName, config: DecoderConfig, B: number, T: number): readonly number[] {
  const { projection, positions } = heads[head];
  const n = projection(config)?.out ?? config.traits.hiddenSize;
  return positions === "last" ? [B, n] : [B, T, n];
}

/**
 * What a head makes of the hidden states `[T][C]` of one row: `[T][n]`, or one row. Of the head's definition it takes the
 * layer's name and the positions; what is computed is written down here, apart from the code that is tested.
 */
export function headInF64(
  head: HeadName,
  config: DecoderConfig,
  weights: LayerWeights,
  hidden: Rows,
  ids: readonly number[],
): Rows {
  const { projection, positions } = heads[head];
  const { traits } = config;
  const rows = positions === "last" ? lastRow(hidden, ids, config.padTokenId) : hidden;
  const layer = projection(config);
  if (layer === null) return rows;
  const { path, bias, tied, scaled } = layer;
  const { trunk, embedding } = traits.weights;
  const weight = required(weights, tied ? `${trunk}.${embedding}.weight` : `${path}.weight`);
  const result = linear(rows, weight, bias ? required(weights, `${path}.bias`) : undefined);
  return scaled ? result.map((row) => row.map((logit) => scaledLogit(logit, traits))) : result;
}

/** The row of the last id that is not padding; without a pad token the last one. */
function lastRow(hidden: Rows, ids: readonly number[], padTokenId: number | null): Rows {
  const last = ids.reduce((found, id, t) => (id === padTokenId ? found : t), 0);
  return hidden.slice(last, last + 1);
}

function scaledLogit(logit: number, { logitScale, logitDivisor, finalSoftcap: cap }: DecoderTraits): number {
  const scaled = (logit * logitScale) / logitDivisor;
  return cap === null ? scaled : cap * Math.tanh(scaled / cap);
}
