/**
 * The built-in processors and their order, and what the name `processors` holds. Its types are declared here and not passed
 * on: in the published declarations a type that a namespace passes on from a file that several entries share is taken for a
 * value (TS2693).
 */
import type { AnyDefinition, ProcessorDefinition, UnconditionalRows as Unconditional } from "./definition.ts";
import { exponentialDecayLengthPenaltyDefinition } from "./exponential-decay-length-penalty.ts";
import { forcedBosDefinition, forcedEosDefinition } from "./forced-tokens.ts";
import { grammarDefinition } from "./grammar.ts";
import { guidanceScaleDefinition } from "./guidance-scale.ts";
import { minLengthDefinition, minNewTokensDefinition } from "./min-length.ts";
import { encoderNoRepeatNgramDefinition, noRepeatNgramDefinition } from "./no-repeat-ngram.ts";
import { frequencyPenaltyDefinition, presencePenaltyDefinition } from "./output-penalties.ts";
import { prefixAllowedTokensDefinition } from "./prefix-allowed-tokens.ts";
import { epsilonCutoffDefinition, etaCutoffDefinition, minPDefinition } from "./probability-cutoffs.ts";
import type { LogitsProcessor as Processor, LogitsRow as Row } from "./processor.ts";
import { encoderRepetitionPenaltyDefinition, repetitionPenaltyDefinition } from "./repetition-penalty.ts";
import { removeInvalidValuesDefinition, renormalizeLogitsDefinition, temperatureDefinition } from "./rescaling.ts";
import { badWordsDefinition, sequenceBiasDefinition, type SequenceBias as Biases } from "./sequence-bias.ts";
import { beginSuppressTokensDefinition, suppressTokensDefinition } from "./suppress-tokens.ts";
import { topHDefinition } from "./top-h.ts";
import { topKDefinition } from "./top-k.ts";
import { topPDefinition } from "./top-p.ts";
import { typicalPDefinition } from "./typical-p.ts";
import { watermarkDefinition, type WatermarkingConfig as Watermarking } from "./watermark.ts";

/** The built-in processors in the order in which they run, that of transformers: one line adds one to `generate`. */
export const builtIn = {
  /** Before the caller's own. */
  general: [
    guidanceScaleDefinition,
    sequenceBiasDefinition,
    encoderRepetitionPenaltyDefinition,
    repetitionPenaltyDefinition,
    // vLLM's, at the place and in the order that it has them.
    frequencyPenaltyDefinition,
    presencePenaltyDefinition,
    noRepeatNgramDefinition,
    encoderNoRepeatNgramDefinition,
    badWordsDefinition,
    minLengthDefinition,
    minNewTokensDefinition,
    prefixAllowedTokensDefinition,
    forcedBosDefinition,
    forcedEosDefinition,
    removeInvalidValuesDefinition,
    exponentialDecayLengthPenaltyDefinition,
    suppressTokensDefinition,
    beginSuppressTokensDefinition,
  ],
  /** After the caller's own: what these remove never comes back. */
  constraints: [grammarDefinition],
  /** After them; only where tokens are drawn. */
  sampling: [
    temperatureDefinition,
    topHDefinition,
    topKDefinition,
    topPDefinition,
    minPDefinition,
    typicalPDefinition,
    epsilonCutoffDefinition,
    etaCutoffDefinition,
  ],
  /** Always last. */
  last: [watermarkDefinition, renormalizeLogitsDefinition],
} as const satisfies Readonly<Record<string, readonly AnyDefinition[]>>;

type Definitions = (typeof builtIn)[keyof typeof builtIn][number];

/** Names of the built-in processors: a processor of the caller's own with one of these takes its place. */
export type LogitsProcessorName = Definitions["option"];

/** `A | B` → `A & B` */
type Both<U> = (U extends unknown ? (part: U) => void : never) extends (whole: infer I) => void ? I : never;
type OptionOf<D, S> =
  D extends ProcessorDefinition<infer O, infer _, infer OwnScope> ? (OwnScope extends S ? O : never) : never;

/** The processors' options of a generation config, and those that a call alone has. */
export type ProcessorOptions = Both<OptionOf<Definitions, "config">>;
export type CallProcessorOptions = Both<OptionOf<Definitions, "call">>;

/** The checked value of each processor's option. */
export type ProcessorValues = {
  readonly [D in Definitions as D["option"]]: D extends ProcessorDefinition<infer _O, infer V, infer _S> ? V : never;
};

export type LogitsProcessor = Processor;
export type LogitsRow = Row;
export type SequenceBias = Biases;
export type UnconditionalRows = Unconditional;
export type WatermarkingConfig = Watermarking;

export { perRow as logitsProcessor } from "./processor.ts";
export { exponentialDecayLengthPenalty } from "./exponential-decay-length-penalty.ts";
export { forcedBos, forcedEos } from "./forced-tokens.ts";
export { guidanceScale } from "./guidance-scale.ts";
export { minLength, minNewTokens } from "./min-length.ts";
export { encoderNoRepeatNgram, noRepeatNgram } from "./no-repeat-ngram.ts";
export { frequencyPenalty, presencePenalty } from "./output-penalties.ts";
export { prefixAllowedTokens } from "./prefix-allowed-tokens.ts";
export { epsilonCutoff, etaCutoff, minP } from "./probability-cutoffs.ts";
export { encoderRepetitionPenalty, repetitionPenalty } from "./repetition-penalty.ts";
export { removeInvalidValues, renormalizeLogits, temperature } from "./rescaling.ts";
export { badWords, sequenceBias } from "./sequence-bias.ts";
export { beginSuppressTokens, suppressTokens } from "./suppress-tokens.ts";
export { topH } from "./top-h.ts";
export { topK } from "./top-k.ts";
export { topP } from "./top-p.ts";
export { typicalP } from "./typical-p.ts";
export { watermark } from "./watermark.ts";
