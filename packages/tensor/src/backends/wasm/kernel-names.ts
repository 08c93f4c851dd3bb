/** The exports of the binaries, in the order of their codes in a command. */
export const kernelNames = [
  "unary",
  "binary",
  "binaryScalar",
  "gatedActivation",
  "widenBf16",
  "widenF16",
  "narrowBf16",
  "move",
  "rope",
  "rmsNorm",
  "layerNorm",
  "softmax",
  "reduce",
  "linearRowsF32",
  "linearRowsBf16",
  "linearRowsF16",
  "linearTilesF32",
  "linearTilesBf16",
  "linearTilesF16",
  "matmulF32",
  "attentionF32",
  "attentionBf16",
  "attentionF16",
  "attentionInt8",
  "int8Scales",
  "int8Levels",
  "quantize8",
  "quantize16",
  "quantMatmul",
  "gatedPanels",
  "packPanels",
  "unpackPanels",
  "gatherRows",
  "sweep",
  "idle",
] as const;

export type KernelName = (typeof kernelNames)[number];

/** A kernel works on units `begin … end − 1` of the call whose parameters are at `params`. */
export type WasmKernel = (params: number, begin: number, end: number, scratch: number) => void;
