import type { DecoderConfig, DecoderTraits } from "../../config/index.ts";
import type { HeadName } from "../../heads/index.ts";
import { required, type LayerWeights } from "./attention.ts";
import { linear, type Rows } from "./vectors.ts";

/** What a head is, apart from the code that is tested. */
export interface HeadFormula {
  /** Its own `[out, C]` matrix in a checkpoint, null where there is none. */
  readonly matrix: (
    config: DecoderConfig,
  ) => { readonly name: string; readonly out: number; readonly bias: boolean } | null;
  /** Shape of its result for `[B][T]` tokens. */
  readonly shape: (config: DecoderConfig, B: number, T: number) => readonly number[];
  /** What it makes of the hidden states `[T][C]` of one row: the same for the base, `[T][V]`, `[T][labels]`, or one row. */
  readonly result: (config: DecoderConfig, weights: LayerWeights, hidden: Rows, ids: readonly number[]) => Rows;
}

/** The formula of every head: one that is registered and not here is a compile error. */
export const headFormulas: { readonly [H in HeadName]: HeadFormula } = {
  base: {
    matrix: () => null,
    shape: ({ traits }, B, T) => [B, T, traits.hiddenSize],
    result: (_config, _weights, hidden) => hidden,
  },
  "causal-lm": {
    // A tied one is the embedding table, and left out of the files.
    matrix: ({ traits: { tied, weights, vocabSize } }) =>
      tied ? null : { name: weights.lmHead, out: vocabSize, bias: false },
    shape: ({ traits }, B, T) => [B, T, traits.vocabSize],
    result: ({ traits }, weights, hidden) => {
      const { lmHead, trunk, embedding } = traits.weights;
      const table = required(weights, traits.tied ? `${trunk}.${embedding}.weight` : `${lmHead}.weight`);
      return linear(hidden, table).map((row) => row.map((logit) => scaledLogit(logit, traits)));
    },
  },
  "sequence-classification": {
    matrix: ({ traits, numLabels }) => ({ name: traits.weights.score, out: numLabels, bias: false }),
    shape: ({ numLabels }, B) => [B, numLabels],
    result: ({ traits, padTokenId }, weights, hidden, ids) => {
      const last = ids.reduce((found, id, t) => (id === padTokenId ? found : t), 0);
      const pooled = padTokenId === null ? hidden.length - 1 : last;
      return linear(hidden.slice(pooled, pooled + 1), required(weights, `${traits.weights.score}.weight`));
    },
  },
  "token-classification": {
    matrix: ({ traits, numLabels, tokenClassificationBias: bias }) => ({
      name: traits.weights.score,
      out: numLabels,
      bias,
    }),
    shape: ({ numLabels }, B, T) => [B, T, numLabels],
    result: ({ traits: { weights: names } }, weights, hidden) =>
      linear(hidden, required(weights, `${names.score}.weight`), weights(`${names.score}.bias`)),
  },
};

function scaledLogit(logit: number, { logitScale, logitDivisor, finalSoftcap: cap }: DecoderTraits): number {
  const scaled = (logit * logitScale) / logitDivisor;
  return cap === null ? scaled : cap * Math.tanh(scaled / cap);
}
