import type { Operand, QuantOperand, WeightOperand } from "./operand.ts";

export type UnaryOp = "neg" | "abs" | "exp" | "log" | "sqrt" | "rsqrt" | "sin" | "cos" | "tanh" | "erf";
export type BinaryOp = "add" | "sub" | "mul" | "div" | "max" | "min" | "pow";
export type CompareOp = "eq" | "lt" | "le";
export type ReduceOp = "sum" | "max" | "argmax";

/** Activation names, as in HF configs (`hidden_act`). */
export type ActivationName =
  | "silu"
  | "swish"
  | "gelu"
  | "gelu_python"
  | "gelu_pytorch_tanh"
  | "gelu_new"
  | "gelu_fast"
  | "gelu_accurate"
  | "relu"
  | "relu2"
  | "relu6"
  | "leaky_relu"
  | "hardswish"
  | "mish"
  | "linear"
  | "quick_gelu"
  | "sigmoid"
  | "tanh";

/**
 * Which two elements one rotation turns: `interleaved` pairs `(x[2i], x[2i+1])`, `half` pairs `(x[i], x[i + R/2])`.
 */
export type RopePairing = "interleaved" | "half";

/**
 * How an RMS norm applies its weight to the normalised `n = x·rsqrt(mean(x²) + eps)`:
 * `f32-mul` = cast(w·n), `cast-then-mul` = w·cast(n), `one-plus` = cast((1 + w)·n), with cast to the dtype of x.
 * In f32 the first two are the same.
 */
export type NormWeightMode = "f32-mul" | "cast-then-mul" | "one-plus";

/** Of an RMS norm. */
export interface NormParams {
  /** Added to the mean square. */
  readonly eps: number;
  readonly weightMode: NormWeightMode;
}

export interface AttentionParams {
  readonly scale: number;
  /** Keys after the query's own slot are hidden. */
  readonly causal: boolean;
  /** Keys at or before `slot − window` are hidden; null = no window. */
  readonly window: number | null;
  /** Scores become `c·tanh(s/c)` before masking; null = none. */
  readonly softcap: number | null;
}

/**
 * Inputs and parameters of every kernel. The op has checked them: shapes agree, broadcasting is already expressed as
 * stride 0, axes are in the stated place. Outputs are contiguous except for `sliceUpdate` and `scatterRows`, and never overlap an input.
 * Inputs are left as they are, except for `writtenInputs`.
 */
export interface OpSignatures {
  /** out[…] = value */
  fill: { inputs: Record<never, never>; params: { readonly value: number } };
  /** out[i] = start + i·step; out is [N] */
  arange: { inputs: Record<never, never>; params: { readonly start: number; readonly step: number } };
  /** out = x, same dtype; x any strides */
  copy: { inputs: { readonly x: Operand }; params: Record<never, never> };
  /** out = x in out's dtype. Float → int truncates toward zero, NaN → 0, out of range saturates; any → bool is x ≠ 0 */
  cast: { inputs: { readonly x: Operand }; params: Record<never, never> };
  /** Element-wise; floats, and ints for neg and abs (wrapping) */
  unary: { inputs: { readonly x: Operand }; params: { readonly op: UnaryOp } };
  /** Element-wise; a, b, out share dtype and shape. max and min propagate NaN. Ints wrap; no div and pow for ints */
  binary: { inputs: { readonly a: Operand; readonly b: Operand }; params: { readonly op: BinaryOp } };
  /** Element-wise; a and b share a dtype, out is bool. Every comparison with NaN is false */
  compare: { inputs: { readonly a: Operand; readonly b: Operand }; params: { readonly op: CompareOp } };
  /** out = condition ? a : b */
  where: {
    inputs: { readonly condition: Operand; readonly a: Operand; readonly b: Operand };
    params: Record<never, never>;
  };
  /** Reduces the last axis of x [..., R] to out [...]. argmax: first maximum, NaN counts as the largest, i32 */
  reduce: { inputs: { readonly x: Operand }; params: { readonly op: ReduceOp } };
  /** out [..., M, N] = a [..., M, K] × b [..., K, N]; leading axes already equal; b's dtype may differ */
  matmul: { inputs: { readonly a: Operand; readonly b: Operand }; params: Record<never, never> };
  /** out [n, …rest] = table[indices[n], …rest]; table [rows, …rest] contiguous rows or strided, indices [n] i32 */
  gather: { inputs: { readonly table: Operand; readonly indices: Operand }; params: Record<never, never> };
  /** Writes source into out, a strided view of an existing storage, as `scatterRows` does: all others make new results */
  sliceUpdate: { inputs: { readonly source: Operand }; params: Record<never, never> };

  /** out = softmax over the last axis; f32 arithmetic */
  softmax: { inputs: { readonly x: Operand }; params: Record<never, never> };
  /** x [..., C], weight [C]; residual [..., C] is added to the norm */
  rmsNorm: {
    inputs: { readonly x: Operand; readonly weight: Operand; readonly residual?: Operand };
    params: NormParams;
  };
  /** x [..., C]; out = (x − mean)·rsqrt(var + eps)·weight + bias */
  layerNorm: {
    inputs: { readonly x: Operand; readonly weight: Operand; readonly bias?: Operand };
    params: { readonly eps: number };
  };
  /**
   * x [N, H, D]; cos, sin [M, R/2] with R ≤ D, M ≥ 1; positions [N] i32: token n turns by row positions[n], clamped to
   * [0, M); the last D − R elements pass through
   */
  rope: {
    inputs: { readonly x: Operand; readonly cos: Operand; readonly sin: Operand; readonly positions: Operand };
    params: { readonly pairing: RopePairing };
  };
  /** out = activation(gate)·up */
  gatedActivation: {
    inputs: { readonly gate: Operand; readonly up: Operand };
    params: { readonly activation: ActivationName };
  };
  /** x [M, K], weight [N, K], bias [N]; out [M, N] = x·weightᵀ + bias */
  linear: {
    inputs: { readonly x: Operand; readonly weight: Operand; readonly bias?: Operand };
    params: Record<never, never>;
  };
  /**
   * R sequences, N new tokens in all: q [N, H, D], out [N, H, Dv]. Tokens queryStarts[r] ≤ n < queryStarts[r + 1] are those
   * of sequence r (queryStarts [R + 1] i32, rising) and stand at its last slots: n at lengths[r] − (queryStarts[r + 1] − n),
   * lengths [R] i32 counting the new keys too. A token of no sequence, or one that sees no key, gives 0.
   *
   * keys [pages, K, P, D] and values [pages, K, P, Dv] are pools of pages of P slots; tables [R, width] i32 names each
   * sequence's: slot s is in page tables[r][s div P]. mask [N, H, S]: bool (true = visible) or float (added to the scores);
   * S covers the longest length. Keys and values in i8 are levels: with keyScales and valueScales [pages, K, P] f32, row
   * (page, k, p) is levels · scale.
   *
   * No host sees what tables, queryStarts and lengths hold: a kernel takes the nearest page, count and length there is, and
   * hides slots beyond the mask. A row's bits depend on nothing but the row. How a kernel is started depends on shapes alone.
   */
  attention: {
    inputs: {
      readonly q: Operand;
      readonly keys: Operand;
      readonly values: Operand;
      readonly tables: Operand;
      readonly queryStarts: Operand;
      readonly lengths: Operand;
      readonly mask?: Operand;
      readonly keyScales?: Operand;
      readonly valueScales?: Operand;
    };
    params: AttentionParams;
  };
  /**
   * Writes rows [N, K, …rest] into out, an existing pool [pages, K, P, …rest] (strided; rest is [D] or []): row n at place
   * slots[n] mod P of page slots[n] div P. slots [N] i32 are distinct; one outside [0, pages·P) writes nothing
   */
  scatterRows: { inputs: { readonly rows: Operand; readonly slots: Operand }; params: Record<never, never> };
  /**
   * out [N, H, D] = q [N, H, D] turned as by `rope`; k [N, K, D], turned likewise, and v [N, K, Dv] are written into the pools
   * keys [pages, K, P, D] and values [pages, K, P, Dv] as by `scatterRows`. Pools in i8 get the levels of `int8Levels`, with the
   * scales of `int8Scales` in keyScales and valueScales [pages, K, P] f32. With qNorm and kNorm, q and k go through `rmsNorm` first: each
   * head by itself where the weight is [D], all heads of a token as one row where it is [H·D] or [K·D]
   */
  ropeAppend: {
    inputs: {
      readonly q: Operand;
      readonly k: Operand;
      readonly v: Operand;
      readonly cos: Operand;
      readonly sin: Operand;
      readonly positions: Operand;
      readonly slots: Operand;
      readonly keys: Operand;
      readonly values: Operand;
      readonly keyScales?: Operand;
      readonly valueScales?: Operand;
      readonly qNorm?: Operand;
      readonly kNorm?: Operand;
    };
    params: NormParams & { readonly pairing: RopePairing };
  };
  /** x [M, V]; out [M, k] i32 = positions of the k largest, the largest first; NaN is the largest, of equals the first comes first */
  topk: { inputs: { readonly x: Operand }; params: { readonly k: number } };
  /** x [M, R], indices [M, S] i32; out [M, S] = x[m, indices[m, s]]; an index outside [0, R) is an ArgumentError */
  takeFromRows: { inputs: { readonly x: Operand; readonly indices: Operand }; params: Record<never, never> };
  /** logits [M, V], targets [M] i32; out [M] = ln softmax(logits)[m, targets[m]]; a target outside [0, V) is an ArgumentError */
  logProbsOf: { inputs: { readonly logits: Operand; readonly targets: Operand }; params: Record<never, never> };
  /** logits [M, V], the others [M], topK and out i32: a token of each row, drawn as the op `sampleTokens` says */
  sampleTokens: {
    inputs: {
      readonly logits: Operand;
      readonly temperature: Operand;
      readonly topK: Operand;
      readonly topP: Operand;
      readonly uniform: Operand;
    };
    params: Record<never, never>;
  };
  /** x [..., D]; out [...] = max |x| / 127, NaN if there is one */
  int8Scales: { inputs: { readonly x: Operand }; params: Record<never, never> };
  /** x [..., D], scales [...]; out [..., D] i8 = x / scale to nearest even; NaN → 0, out of range saturates */
  int8Levels: { inputs: { readonly x: Operand; readonly scales: Operand }; params: Record<never, never> };
  /** x, out [..., R]; out[r] = x[0] + … + x[r], in f32 or wider, each rounded once; integers wrap */
  cumsum: { inputs: { readonly x: Operand }; params: Record<never, never> };
  /**
   * x [..., R]; out [..., R] i32 = positions of the elements of each row in rising order, NaN last, or in falling order,
   * NaN first; equal elements (−0 and 0, NaN and NaN) keep their order in both
   */
  argsort: { inputs: { readonly x: Operand }; params: { readonly descending: boolean } };
  /**
   * x, out [..., R], indices i32 and source [..., S]; out = x, then for s = 0 … S − 1 out[indices[s]] = source[s], or
   * += source[s] with `add`, in f32 or wider and rounded once at the end. An index outside [0, R) is an ArgumentError
   */
  scatter: {
    inputs: { readonly x: Operand; readonly indices: Operand; readonly source: Operand };
    params: { readonly add: boolean };
  };
  /** x [M, K], weight quantised [N, K], bias [N]; out [M, N] = x·weightᵀ + bias */
  quantMatmul: {
    inputs: { readonly x: Operand; readonly weight: QuantOperand; readonly bias?: Operand };
    params: Record<never, never>;
  };
  /**
   * x [M, K], one to three weights [Nᵢ, K], each in floats or quantised; out [M, ΣNᵢ] = the products n·wᵢᵀ side by side, n = x,
   * or its `rmsNorm` with a norm [K], each plus its bias [Nᵢ]
   */
  projections: {
    inputs: {
      readonly x: Operand;
      readonly norm?: Operand;
      readonly first: WeightOperand;
      readonly second?: WeightOperand;
      readonly third?: WeightOperand;
      readonly firstBias?: Operand;
      readonly secondBias?: Operand;
      readonly thirdBias?: Operand;
    };
    params: NormParams;
  };
  /**
   * out [M, N] = activation(n·gateᵀ + gateBias)·(n·upᵀ + upBias); x, n and norm as in `projections`, gate and up [N, K], biases [N].
   * With a residual [M, K] and ontoNorm [K], n is made of stream = residual + rmsNorm(x) instead of x, and out [M·K + M·N] has the
   * rows of the stream before those of the result
   */
  gatedProjection: {
    inputs: {
      readonly x: Operand;
      readonly residual?: Operand;
      readonly ontoNorm?: Operand;
      readonly norm?: Operand;
      readonly gate: WeightOperand;
      readonly up: WeightOperand;
      readonly gateBias?: Operand;
      readonly upBias?: Operand;
    };
    params: NormParams & { readonly activation: ActivationName; readonly onto?: NormParams };
  };
  /** x [M, K], weight [N, K] in floats or quantised, bias [N], residual [M, N]; out [M, N] = residual + scale·(x·weightᵀ + bias) */
  residualProjection: {
    inputs: {
      readonly x: Operand;
      readonly weight: WeightOperand;
      readonly residual: Operand;
      readonly bias?: Operand;
    };
    params: { readonly scale: number };
  };
  /** out [n, K] f32 = rows indices[n] of table [N, K], exactly as the format defines its weights; indices [n] i32 */
  gatherQuant: {
    inputs: { readonly table: QuantOperand; readonly indices: Operand };
    params: Record<never, never>;
  };
}

export type OpName = keyof OpSignatures;

/** Inputs that a kernel writes into, beside its output. */
export const writtenInputs: Partial<Readonly<Record<OpName, readonly string[]>>> = {
  ropeAppend: ["keys", "values", "keyScales", "valueScales"],
};

/** A kernel writes its result into `out` and returns nothing. */
export type Kernel<K extends OpName> = (
  out: Operand,
  inputs: OpSignatures[K]["inputs"],
  params: OpSignatures[K]["params"],
) => void;

/** The ops every backend must have. */
export type CoreOp =
  | "fill"
  | "arange"
  | "copy"
  | "cast"
  | "unary"
  | "binary"
  | "compare"
  | "where"
  | "reduce"
  | "matmul"
  | "gather"
  | "sliceUpdate";

/**
 * The ops a backend may have. Each is defined by a composition of core ops in its own file under `ops`, by which it runs on a
 * backend without a kernel of its own; but a backend that stores block-quantised matrices has `gatherQuant`.
 */
export type FusedOp = Exclude<OpName, CoreOp>;

export type CoreKernels = { readonly [K in CoreOp]: Kernel<K> };
export type FusedKernels = { readonly [K in FusedOp]: Kernel<K> };
