/** How the token behind a row is drawn, as `sampleTokens` does it. */
export interface RowSampling {
  /** 0 = the largest logit, whatever the others say. */
  readonly temperature: number;
  /** 0 = all. */
  readonly topK: number;
  /** 1 = all. */
  readonly topP: number;
  /** In [0, 1), one for each token of the row that is looked at. */
  readonly uniforms: readonly number[];
}

export interface LogitsWanted {
  readonly kind: "logits";
}

export interface GreedyWanted {
  readonly kind: "greedy";
  /**
   * Whether the likeliest token is one that may stand there, of a row of the request and a place among its `outputs`; where it
   * may not, the logits come too. Default: all may.
   */
  readonly accepts?: (row: number, output: number, token: number) => boolean;
  /**
   * Tokens that will be wanted behind this one in the same way, unless a text ends before: so many a device may choose before
   * the first is read. Default 0.
   */
  readonly ahead?: number;
}

export interface SampleWanted {
  readonly kind: "sample";
  /** One for each row of the request. */
  readonly rows: readonly RowSampling[];
}

export interface TopWanted {
  readonly kind: "top";
  /** At most the size of the vocabulary. */
  readonly k: number;
}

/** The tokens that top-k sampling may draw. */
export interface CandidatesWanted {
  readonly kind: "candidates";
  /** At least 1. */
  readonly k: number;
  /** Logits are divided by it first, in f32, which can make equals of them. */
  readonly temperature: number;
}

/** How likely some tokens are, such as those that stand there. */
export interface LogProbsWanted {
  readonly kind: "logProbs";
  /** For each row, for each token of it that is looked at: at least one token of the vocabulary. */
  readonly tokens: readonly (readonly (readonly number[])[])[];
  /** Also how many tokens are as likely as the first one, or likelier; default false. */
  readonly ranks?: boolean;
  /** So many of the likeliest tokens beside them, up to the size of the vocabulary; default 0. */
  readonly top?: number;
}

/** Hidden states after the final norm, in place of logits. */
export interface StatesWanted {
  readonly kind: "states";
}

/** Another kind, and beside it the likeliest tokens. */
export interface ScoredWanted {
  readonly kind: "scored";
  readonly of: LogitsWanted | GreedyWanted | CandidatesWanted;
  /** From 1 to the size of the vocabulary. */
  readonly k: number;
}

/** What a client asks of each token that it looks at; with any but logits, `[M, V]` stays on the device. */
export type Wanted =
  | LogitsWanted
  | GreedyWanted
  | SampleWanted
  | TopWanted
  | CandidatesWanted
  | LogProbsWanted
  | ScoredWanted
  | StatesWanted;

/** A token that the device has chosen. */
export interface Choice {
  readonly token: number;
  /** The row's logits where the largest is NaN or infinite, or the token is not accepted; else null. */
  readonly logits: Float32Array | null;
}

/** The likeliest tokens of a row, the likeliest first; of equal ones the lower comes first. */
export interface TopTokens {
  readonly tokens: Int32Array;
  readonly logits: Float32Array;
  /** In f64; NaN where the row has NaN, +∞ or nothing but −∞. */
  readonly logProbs: Float64Array;
}

/** The k largest logits of a row, and what equals the last of them, in the order of the vocabulary. */
export interface Candidates {
  readonly tokens: Int32Array;
  readonly logits: Float32Array;
}

export interface LogProbs {
  /** One for each token that was asked for; NaN where the row has NaN, +∞ or nothing but −∞. */
  readonly logProbs: Float64Array;
  /** The token with the largest logit; of equal ones the lowest. */
  readonly likeliest: number;
  /** Tokens that are as likely as the first one, itself among them, or likelier; null where it was not asked for. */
  readonly rank: number | null;
  /** Null where none were asked for. */
  readonly top: TopTokens | null;
}

export interface Scored {
  readonly output: OutputOf<ScoredWanted["of"]>;
  readonly top: TopTokens;
}

interface Outputs {
  readonly logits: Float32Array;
  readonly greedy: Choice;
  readonly sample: Choice;
  readonly top: TopTokens;
  /** The whole row where some score is not finite, more are equal than were looked for, or the device has no kernel for it. */
  readonly candidates: Candidates | Float32Array;
  readonly logProbs: LogProbs;
  readonly scored: Scored;
  /** `[C]` */
  readonly states: Float32Array;
}

/** What a client gets of each token that it looks at. */
export type OutputOf<W extends Wanted> = Outputs[W["kind"]];
export type Output = OutputOf<Wanted>;
