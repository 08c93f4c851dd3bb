import type { CaseOp, ConformanceCase } from "../case.ts";
import { arangeCase } from "./arange.ts";
import { argsortCase } from "./argsort.ts";
import { attentionCase } from "./attention.ts";
import { binaryCase } from "./binary.ts";
import { castCase } from "./cast.ts";
import { compareCase } from "./compare.ts";
import { copyCase } from "./copy.ts";
import { cumsumCase } from "./cumsum.ts";
import { fillCase } from "./fill.ts";
import { gatedActivationCase } from "./gated-activation.ts";
import { gatherCase } from "./gather.ts";
import { gatherQuantCase } from "./gather-quant.ts";
import { int8LevelsCase } from "./int8-levels.ts";
import { int8ScalesCase } from "./int8-scales.ts";
import { layerNormCase } from "./layer-norm.ts";
import { linearCase } from "./linear.ts";
import { logProbsOfCase } from "./log-probs-of.ts";
import { matmulCase } from "./matmul.ts";
import { quantGatedProjectionCase } from "./quant-gated-projection.ts";
import { quantMatmulCase } from "./quant-matmul.ts";
import { quantProjectionsCase } from "./quant-projections.ts";
import { quantResidualProjectionCase } from "./quant-residual-projection.ts";
import { reduceCase } from "./reduce.ts";
import { rmsNormCase } from "./rms-norm.ts";
import { ropeCase } from "./rope.ts";
import { sampleTokensCase } from "./sample-tokens.ts";
import { scatterCase } from "./scatter.ts";
import { scatterRowsCase } from "./scatter-rows.ts";
import { sliceUpdateCase } from "./slice-update.ts";
import { softmaxCase } from "./softmax.ts";
import { takeFromRowsCase } from "./take-from-rows.ts";
import { topkCase } from "./topk.ts";
import { unaryCase } from "./unary.ts";
import { whereCase } from "./where.ts";

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
