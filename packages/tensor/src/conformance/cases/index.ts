// Written by scripts/tables/case-table.ts from the files in core and fused.
import type { CaseOp, ConformanceCase } from "../case.ts";
import { arangeCase } from "./core/arange.ts";
import { binaryCase } from "./core/binary.ts";
import { castCase } from "./core/cast.ts";
import { compareCase } from "./core/compare.ts";
import { copyCase } from "./core/copy.ts";
import { fillCase } from "./core/fill.ts";
import { gatherCase } from "./core/gather.ts";
import { matmulCase } from "./core/matmul.ts";
import { reduceCase } from "./core/reduce.ts";
import { sliceUpdateCase } from "./core/slice-update.ts";
import { unaryCase } from "./core/unary.ts";
import { whereCase } from "./core/where.ts";
import { argsortCase } from "./fused/argsort.ts";
import { attentionCase } from "./fused/attention.ts";
import { cumsumCase } from "./fused/cumsum.ts";
import { gatedActivationCase } from "./fused/gated-activation.ts";
import { gatedProjectionCase } from "./fused/gated-projection.ts";
import { gatherQuantCase } from "./fused/gather-quant.ts";
import { int8LevelsCase } from "./fused/int8-levels.ts";
import { int8ScalesCase } from "./fused/int8-scales.ts";
import { layerNormCase } from "./fused/layer-norm.ts";
import { linearCase } from "./fused/linear.ts";
import { logProbsOfCase } from "./fused/log-probs-of.ts";
import { projectionsCase } from "./fused/projections.ts";
import { quantMatmulCase } from "./fused/quant-matmul.ts";
import { residualProjectionCase } from "./fused/residual-projection.ts";
import { rmsNormCase } from "./fused/rms-norm.ts";
import { ropeAppendCase } from "./fused/rope-append.ts";
import { ropeCase } from "./fused/rope.ts";
import { sampleTokensCase } from "./fused/sample-tokens.ts";
import { scatterRowsCase } from "./fused/scatter-rows.ts";
import { scatterCase } from "./fused/scatter.ts";
import { softmaxCase } from "./fused/softmax.ts";
import { takeFromRowsCase } from "./fused/take-from-rows.ts";
import { topkCase } from "./fused/topk.ts";

/** The case of every op: a new op without one does not compile. */
const byOp: { readonly [K in CaseOp]: ConformanceCase<K> } = {
  arange: arangeCase,
  binary: binaryCase,
  cast: castCase,
  compare: compareCase,
  copy: copyCase,
  fill: fillCase,
  gather: gatherCase,
  matmul: matmulCase,
  reduce: reduceCase,
  sliceUpdate: sliceUpdateCase,
  unary: unaryCase,
  where: whereCase,
  argsort: argsortCase,
  attention: attentionCase,
  cumsum: cumsumCase,
  gatedActivation: gatedActivationCase,
  gatedProjection: gatedProjectionCase,
  gatherQuant: gatherQuantCase,
  int8Levels: int8LevelsCase,
  int8Scales: int8ScalesCase,
  layerNorm: layerNormCase,
  linear: linearCase,
  logProbsOf: logProbsOfCase,
  projections: projectionsCase,
  quantMatmul: quantMatmulCase,
  residualProjection: residualProjectionCase,
  rmsNorm: rmsNormCase,
  ropeAppend: ropeAppendCase,
  rope: ropeCase,
  sampleTokens: sampleTokensCase,
  scatterRows: scatterRowsCase,
  scatter: scatterCase,
  softmax: softmaxCase,
  takeFromRows: takeFromRowsCase,
  topk: topkCase,
};

/** All cases, core ops first. */
export const conformanceCases: readonly ConformanceCase[] = Object.values(byOp);
