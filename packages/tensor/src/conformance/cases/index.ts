import type { CaseOp, ConformanceCase } from "../case.ts";
import { arangeCase } from "./core/arange.ts";
import { argsortCase } from "./fused/argsort.ts";
import { attentionCase } from "./fused/attention.ts";
import { binaryCase } from "./core/binary.ts";
import { castCase } from "./core/cast.ts";
import { compareCase } from "./core/compare.ts";
import { copyCase } from "./core/copy.ts";
import { cumsumCase } from "./fused/cumsum.ts";
import { fillCase } from "./core/fill.ts";
import { gatedActivationCase } from "./fused/gated-activation.ts";
import { gatherCase } from "./core/gather.ts";
import { gatherQuantCase } from "./fused/gather-quant.ts";
import { int8LevelsCase } from "./fused/int8-levels.ts";
import { int8ScalesCase } from "./fused/int8-scales.ts";
import { layerNormCase } from "./fused/layer-norm.ts";
import { linearCase } from "./fused/linear.ts";
import { logProbsOfCase } from "./fused/log-probs-of.ts";
import { matmulCase } from "./core/matmul.ts";
import { quantGatedProjectionCase } from "./fused/quant-gated-projection.ts";
import { quantMatmulCase } from "./fused/quant-matmul.ts";
import { quantProjectionsCase } from "./fused/quant-projections.ts";
import { quantResidualProjectionCase } from "./fused/quant-residual-projection.ts";
import { reduceCase } from "./core/reduce.ts";
import { rmsNormCase } from "./fused/rms-norm.ts";
import { ropeCase } from "./fused/rope.ts";
import { sampleTokensCase } from "./fused/sample-tokens.ts";
import { scatterCase } from "./fused/scatter.ts";
import { scatterRowsCase } from "./fused/scatter-rows.ts";
import { sliceUpdateCase } from "./core/slice-update.ts";
import { softmaxCase } from "./fused/softmax.ts";
import { takeFromRowsCase } from "./fused/take-from-rows.ts";
import { topkCase } from "./fused/topk.ts";
import { unaryCase } from "./core/unary.ts";
import { whereCase } from "./core/where.ts";

/** The case of every op: a new op without one does not compile. */
const byOp: { readonly [K in CaseOp]: ConformanceCase<K> } = {
  fill: fillCase,
  arange: arangeCase,
  copy: copyCase,
  cast: castCase,
  unary: unaryCase,
  binary: binaryCase,
  compare: compareCase,
  where: whereCase,
  reduce: reduceCase,
  matmul: matmulCase,
  gather: gatherCase,
  sliceUpdate: sliceUpdateCase,
  softmax: softmaxCase,
  rmsNorm: rmsNormCase,
  layerNorm: layerNormCase,
  rope: ropeCase,
  gatedActivation: gatedActivationCase,
  linear: linearCase,
  attention: attentionCase,
  cumsum: cumsumCase,
  argsort: argsortCase,
  scatter: scatterCase,
  scatterRows: scatterRowsCase,
  topk: topkCase,
  takeFromRows: takeFromRowsCase,
  logProbsOf: logProbsOfCase,
  sampleTokens: sampleTokensCase,
  quantMatmul: quantMatmulCase,
  quantProjections: quantProjectionsCase,
  quantGatedProjection: quantGatedProjectionCase,
  quantResidualProjection: quantResidualProjectionCase,
  gatherQuant: gatherQuantCase,
  int8Scales: int8ScalesCase,
  int8Levels: int8LevelsCase,
};

/** All cases, core ops first. */
export const conformanceCases: readonly ConformanceCase[] = Object.values(byOp);
