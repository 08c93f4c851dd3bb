import type { ResolvedGeneration } from "../resolve.ts";
import { beginSuppressTokens } from "./begin-suppress-tokens.ts";
import { encoderNoRepeatNgram } from "./encoder-no-repeat-ngram.ts";
import { encoderRepetitionPenalty } from "./encoder-repetition-penalty.ts";
import { epsilonCutoff } from "./epsilon-cutoff.ts";
import { etaCutoff } from "./eta-cutoff.ts";
import { exponentialDecayLengthPenalty } from "./exponential-decay-length-penalty.ts";
import { forcedBos } from "./forced-bos.ts";
import { forcedEos } from "./forced-eos.ts";
import { guidanceScale, type UnconditionalRows } from "./guidance-scale.ts";
import { minLength } from "./min-length.ts";
import { minNewTokens } from "./min-new-tokens.ts";
import { minP } from "./min-p.ts";
import { noRepeatNgram } from "./no-repeat-ngram.ts";
import { prefixAllowedTokens } from "./prefix-allowed-tokens.ts";
import type { LogitsProcessor } from "./processor.ts";
import { removeInvalidValues } from "./remove-invalid-values.ts";
import { renormalizeLogits } from "./renormalize-logits.ts";
import { repetitionPenalty } from "./repetition-penalty.ts";
import { badWords, sequenceBias } from "./sequence-bias.ts";
import { suppressTokens } from "./suppress-tokens.ts";
import { temperature } from "./temperature.ts";
import { topH } from "./top-h.ts";
import { topK } from "./top-k.ts";
import { topP } from "./top-p.ts";
import { typicalP } from "./typical-p.ts";
import { watermark } from "./watermark.ts";

/** What the built-in processors are made of. */
interface Makings {
  readonly settings: ResolvedGeneration;
  /** The prompt of each row. */
  readonly prompts: readonly (readonly number[])[];
  readonly unconditional: () => UnconditionalRows;
  /** Tokens that the sampling processors leave at least. */
  readonly keep: number;
}

/** A processor, or null where the settings ask for none. */
type Maker = (makings: Makings) => LogitsProcessor | null;

/** Those before the caller's own, in transformers' order. */
const general = {
  guidanceScale: ({ settings: { guidanceScale: g }, unconditional }) =>
    g === 1 ? null : guidanceScale(g, unconditional()),
  sequenceBias: ({ settings: s }) => s.sequenceBias && sequenceBias(s.sequenceBias),
  encoderRepetitionPenalty: ({ settings: { encoderRepetitionPenalty: r }, prompts }) =>
    r === 1 ? null : encoderRepetitionPenalty(r, prompts),
  repetitionPenalty: ({ settings: s }) =>
    s.repetitionPenalty === 1 ? null : repetitionPenalty(s.repetitionPenalty, leadingMasked(s)),
  noRepeatNgramSize: ({ settings: { noRepeatNgramSize: n } }) => (n > 0 ? noRepeatNgram(n) : null),
  encoderNoRepeatNgramSize: ({ settings: { encoderNoRepeatNgramSize: n }, prompts }) =>
    n > 0 ? encoderNoRepeatNgram(n, prompts) : null,
  badWordsIds: ({ settings: s }) => s.badWordsIds && badWords(s.badWordsIds, s.eosTokenIds),
  minLength: ({ settings: s }) =>
    s.minLength > 0 && s.eosTokenIds.size > 0 ? minLength(s.minLength, s.eosTokenIds) : null,
  minNewTokens: ({ settings: s }) =>
    s.minNewTokens > 0 && s.eosTokenIds.size > 0 ? minNewTokens(s.minNewTokens, s.promptLength, s.eosTokenIds) : null,
  prefixAllowedTokensFn: ({ settings: s }) =>
    s.prefixAllowedTokensFn &&
    prefixAllowedTokens(s.prefixAllowedTokensFn, { beams: s.numBeams, rowsPerPrompt: s.copies }),
  forcedBosTokenId: ({ settings: s }) => (s.forcedBosTokenId === null ? null : forcedBos(s.forcedBosTokenId)),
  forcedEosTokenId: ({ settings: s }) =>
    s.forcedEosTokenIds === null ? null : forcedEos(s.forcedEosTokenIds, s.maxLength),
  removeInvalidValues: ({ settings: s }) => (s.removeInvalidValues ? removeInvalidValues() : null),
  exponentialDecayLengthPenalty: ({ settings: { exponentialDecayLengthPenalty: decay, promptLength, eosTokenIds } }) =>
    decay && exponentialDecayLengthPenalty(decay, promptLength, eosTokenIds),
  suppressTokens: ({ settings: s }) => s.suppressTokens && suppressTokens(s.suppressTokens),
  beginSuppressTokens: ({ settings: s }) =>
    // After a prompt of one token the first new one is the forced bos.
    s.beginSuppressTokens &&
    beginSuppressTokens(
      s.beginSuppressTokens,
      s.promptLength + (s.promptLength === 1 && s.forcedBosTokenId !== null ? 1 : 0),
    ),
} satisfies Record<string, Maker>;

/** Those after the caller's own that only sampling has. */
const sampling = {
  temperature: ({ settings: { temperature: T } }) => (T === 1 ? null : temperature(T)),
  topH: ({ settings: { topH: h } }) => (h === null ? null : topH(h)),
  topK: ({ settings: { topK: k }, keep }) => (k === 0 ? null : topK(k, keep)),
  topP: ({ settings: { topP: p }, keep }) => (p === 1 ? null : topP(p, keep)),
  minP: ({ settings: { minP: p }, keep }) => (p === null ? null : minP(p, keep)),
  typicalP: ({ settings: { typicalP: p }, keep }) => (p === 1 ? null : typicalP(p, keep)),
  epsilonCutoff: ({ settings: { epsilonCutoff: e }, keep }) => (e === 0 ? null : epsilonCutoff(e, keep)),
  etaCutoff: ({ settings: { etaCutoff: e }, keep }) => (e === 0 ? null : etaCutoff(e, keep)),
} satisfies Record<string, Maker>;

/** Those that are always last. */
const closing = {
  watermarkingConfig: ({ settings: s }) =>
    s.watermarkingConfig === null ? null : watermark(s.watermarkingConfig, s.vocabSize),
  renormalizeLogits: ({ settings: s }) => (s.renormalizeLogits ? renormalizeLogits() : null),
} satisfies Record<string, Maker>;

/** Names of the built-in processors: a processor of the caller's own with one of these takes its place. */
export type LogitsProcessorName = keyof typeof general | keyof typeof sampling | keyof typeof closing;

/**
 * The processors of a call, in transformers' order: the general ones, the caller's own, those of sampling, watermark and
 * renormalisation. A built-in one that the caller replaces is not made.
 */
export function logitsProcessors(
  settings: ResolvedGeneration,
  unconditional: () => UnconditionalRows,
): LogitsProcessor[] {
  const { eosTokenIds, numBeams, copies, inputIds, doSample } = settings;
  const own = settings.logitsProcessors;
  const makings: Makings = {
    settings,
    prompts: inputIds.flatMap((ids) => new Array<readonly number[]>(copies).fill(ids)),
    unconditional,
    keep: numBeams > 1 ? (eosTokenIds.size || 1) + 1 : 1,
  };
  const replacing = new Set<LogitsProcessor>();
  const made = (makers: Readonly<Record<string, Maker>>): LogitsProcessor[] =>
    Object.entries(makers).flatMap(([name, make]) => {
      const replacement = own.find((processor) => processor.name === name);
      if (replacement) {
        replacing.add(replacement);
        return [replacement];
      }
      return make(makings) ?? [];
    });
  const before = made(general);
  const after = [...(doSample ? made(sampling) : []), ...made(closing)];
  return [...before, ...own.filter((processor) => !replacing.has(processor)), ...after];
}

/** Padding at the start of each row. */
function leadingMasked({ attentionMask, copies }: ResolvedGeneration): number[] {
  return attentionMask.flatMap((mask) =>
    new Array<number>(copies).fill(
      Math.max(
        0,
        mask.findIndex((m) => m !== 0),
      ),
    ),
  );
}
