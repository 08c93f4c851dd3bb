export { copy } from "./copy.ts";
export { cast } from "./cast.ts";
export { arange, full, ones, zeros } from "./fill.ts";
export { abs, cos, erf, exp, log, neg, rsqrt, sin, sqrt, tanh } from "./unary.ts";
export { add, div, maximum, minimum, mul, pow, sub } from "./binary.ts";
export { eq, ge, gt, le, lt, ne } from "./compare.ts";
export type { BinaryFunction, Operand2 } from "./operands.ts";
export { maskedFill, where } from "./where.ts";
export { argmax, argmin, max, min, sum, type ReduceOptions } from "./reduce.ts";
export { matmul } from "./matmul.ts";
export { gather } from "./gather.ts";
export { dequantizeMatrix, gatherQuant } from "./gather-quant.ts";
export { sliceUpdate } from "./slice-update.ts";
export { expand, narrow, permute, reshape, squeeze, transpose, unsqueeze } from "./view.ts";
export { clamp, concat, mean, repeatInterleave, sigmoid, split, stack, variance } from "./compose.ts";
export { conv1d, type Conv1dOptions } from "./composed/conv1d.ts";
export { einsum } from "./composed/einsum.ts";
export { flip } from "./composed/flip.ts";
export { logSoftmax, logsumexp } from "./composed/log-sum-exp.ts";
export { logicalAnd, logicalNot, logicalOr, logicalXor } from "./composed/logical.ts";
export { oneHot } from "./composed/one-hot.ts";
export { pad, type PadOptions } from "./composed/pad.ts";
export { randn } from "./composed/randn.ts";
export { all, any, prod } from "./composed/reductions.ts";
export { ceil, floor, round, sign } from "./composed/rounding.ts";
export { slice, type SliceRange } from "./composed/slice.ts";
export { sort } from "./composed/sort.ts";
export { takeAlongAxis } from "./composed/take-along-axis.ts";
export { tril, triu } from "./composed/triangle.ts";
export { argsort, composeArgsort, type SortOptions } from "./fused/argsort.ts";
export { composeCumsum, cumsum } from "./fused/cumsum.ts";
export { composeLogProbsOf, logProbsOf } from "./fused/log-probs-of.ts";
export { composeSampleTokens, sampleTokens, type SamplingTensors } from "./fused/sample-tokens.ts";
export { composeTakeFromRows } from "./fused/take-from-rows.ts";
export { composeTopk, topk, type TopK, type TopKOptions } from "./fused/topk.ts";
export { composeScatterRows, scatterRows } from "./fused/scatter-rows.ts";
export { composeScatter, indexAdd, scatter, scatterAdd } from "./fused/scatter.ts";
export { activation, activationNames, isActivationName } from "./activation.ts";
export { composeSoftmax, softmax } from "./fused/softmax.ts";
export { composeRmsNorm, rmsNorm, type RmsNormOntoOptions, type RmsNormOptions } from "./fused/rms-norm.ts";
export { composeLayerNorm, layerNorm } from "./fused/layer-norm.ts";
export { composeRope, rope, type RopeOptions } from "./fused/rope.ts";
export { composeRopeAppend, ropeAppend, type HeadNorms, type RopeAppendOptions } from "./fused/rope-append.ts";
export { composeGatedActivation, gatedActivation } from "./fused/gated-activation.ts";
export { composeLinear, linear } from "./fused/linear.ts";
export { composeQuantMatmul, quantMatmul } from "./fused/quant-matmul.ts";
export type { Weights } from "./weights.ts";
export type { NormBefore, NormOnto } from "./fused/norm-before.ts";
export { composeProjections, projections, type ProjectionBiases, type ProjectionWeights } from "./fused/projections.ts";
export {
  composeGatedProjection,
  composeGatedProjectionOnto,
  gatedProjection,
  gatedProjectionOnto,
  type GateWeights,
  type StreamAndGated,
} from "./fused/gated-projection.ts";
export {
  composeResidualProjection,
  residualProjection,
  type ResidualProjectionOptions,
} from "./fused/residual-projection.ts";
export { attention, attentionWithWeights } from "./fused/attention/attention.ts";
export { composeAttention } from "./fused/attention/composition.ts";
export type {
  AttentionOptions,
  AttentionResult,
  AttentionSettings,
  RaggedAttentionOptions,
} from "./fused/attention/options.ts";
export {
  composeInt8Levels,
  composeInt8Scales,
  dequantizeInt8,
  quantizeInt8,
  type Int8Rows,
} from "./fused/int8-rows.ts";
