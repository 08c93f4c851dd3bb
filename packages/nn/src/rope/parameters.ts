import { RopeError } from "../errors.ts";

/**
 * Rotary parameters: the keys of `rope_parameters` in a Hugging Face `config.json`, camel-cased. Optional keys may be
 * null, as they are in JSON.
 */

interface AnyRope {
  /** The base θ of `inv_freq[i] = θ^(−2i/D)`. */
  readonly ropeTheta: number;
  /** The rotated part of a head. The model turns it into `rotaryDim`; the formulas here never read it. */
  readonly partialRotaryFactor?: number | null;
}

/** Types that know the context length of pre-training. */
interface ExtendedRope extends AnyRope {
  readonly originalMaxPositionEmbeddings?: number | null;
}

export interface DefaultRope extends AnyRope {
  readonly ropeType: "default";
}

export interface LinearRope extends AnyRope {
  readonly ropeType: "linear";
  readonly factor: number;
}

export interface DynamicRope extends AnyRope {
  readonly ropeType: "dynamic";
  readonly factor: number;
}

export interface Llama3Rope extends ExtendedRope {
  readonly ropeType: "llama3";
  readonly factor: number;
  readonly lowFreqFactor: number;
  readonly highFreqFactor: number;
}

export interface YarnRope extends ExtendedRope {
  readonly ropeType: "yarn";
  /** Null: `maxPositionEmbeddings / originalMaxPositionEmbeddings`. */
  readonly factor: number | null;
  readonly attentionFactor?: number | null;
  /** Default 32. */
  readonly betaFast?: number | null;
  /** Default 1. */
  readonly betaSlow?: number | null;
  readonly mscale?: number | null;
  readonly mscaleAllDim?: number | null;
  /** Round the ends of the ramp to whole dimensions; default true. */
  readonly truncate?: boolean | null;
}

export interface LongRope extends ExtendedRope {
  readonly ropeType: "longrope";
  /** `rotaryDim / 2` divisors, used up to the original length. */
  readonly shortFactor: readonly number[];
  /** `rotaryDim / 2` divisors, used beyond the original length. */
  readonly longFactor: readonly number[];
  /** Absent: `maxPositionEmbeddings / originalMaxPositionEmbeddings`. */
  readonly factor?: number | null;
  readonly attentionFactor?: number | null;
}

export interface RopeParametersByType {
  readonly default: DefaultRope;
  readonly linear: LinearRope;
  readonly dynamic: DynamicRope;
  readonly llama3: Llama3Rope;
  readonly yarn: YarnRope;
  readonly longrope: LongRope;
}

export type RopeType = keyof RopeParametersByType;

export type RopeParameters = RopeParametersByType[RopeType];

/** What the formulas need to know of the model. */
export interface RopeContext {
  /** Dimensions of a head that are rotated, `D` below: even, the head dim unless rotary is partial. */
  readonly rotaryDim: number;
  readonly maxPositionEmbeddings: number;
  /** The config's top-level key; it wins over the one inside the rotary parameters. */
  readonly originalMaxPositionEmbeddings?: number | null;
}

export interface RopeFrequencies {
  /** Radians per position, `[D/2]`. */
  readonly invFreq: Float32Array;
  /** Multiplies cos and sin. */
  readonly attentionScaling: number;
}

/** One rotary type: its formula, and which sequence length the formula is asked for. */
export interface RopeScheme<P extends RopeParameters> {
  /** `seqLen` undefined means build time, before any position was seen. */
  frequencies(parameters: P, context: RopeContext, seqLen: number | undefined): RopeFrequencies;
  /**
   * The length to give to `frequencies` once a call reaches `seqLen` = max(position) + 1; `inUse` is the last answer.
   * Absent where frequencies do not depend on the length.
   */
  lengthInUse?(parameters: P, context: RopeContext, seqLen: number, inUse: number | undefined): number;
}

/** `value`, if it is a finite number above 0. */
export function positive(key: string, value: number | null | undefined): number {
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw new RopeError(`rope ${key}`, `must be a finite number above 0, given ${String(value)}; correct the config`, {
    given: value,
  });
}

/** `value` if given, else `fallback`; a given value must be a finite number above 0. */
export function positiveOr(key: string, value: number | null | undefined, fallback: number): number {
  return value === undefined || value === null ? fallback : positive(key, value);
}
