export { attentionBf16, attentionF16, attentionF32 } from "./attention";
export { attentionInt8 } from "./attention-int8";
export { gather } from "./gather";
export { int8Levels, int8Scales } from "./int8-rows";
export { binary, binaryScalar, gatedActivation, narrowBf16, unary, widenBf16, widenF16 } from "./elementwise";
export {
  findSpecialHalves,
  linearRowsBf16,
  linearRowsF16,
  linearRowsF32,
  linearRowsFiniteF16,
  linearTilesBf16,
  linearTilesF16,
  linearTilesF32,
} from "./linear";
export { matmulF32 } from "./matmul";
export { idle, sweep } from "./measure";
export { move } from "./move";
export { rope } from "./rope";
export { scatterRows } from "./scatter-rows";
export { logProbsOf, sampleTokens } from "./logits";
export { takeFromRows, topk } from "./select";
export { layerNorm, reduce, rmsNorm, softmax } from "./row-reductions";
export { gatedPanels, quantize8, quantize16, quantMatmul } from "./quant";
export { gatherRows, packPanels, unpackPanels } from "./quant-pack";
