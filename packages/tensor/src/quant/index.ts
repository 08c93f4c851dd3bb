export { dequantize } from "./dequantize.ts";
export { QuantError } from "../errors.ts";
export type { BlockLayout, QuantMethod, Quantizers, RowQuantizer } from "./format.ts";
export {
  isQuantFormat,
  quantFormatNames,
  quantFormats,
  type QuantFormat,
  type QuantFormatName,
} from "./formats/index.ts";
export { quantize, type QuantizeOptions } from "./quantize.ts";
export { ParallelQuantizer, type MatrixToQuantize } from "./parallel/parallel-quantizer.ts";
export type { QuantizedRows } from "./parallel/quantize-rows.ts";
export { quantizersOf } from "./quantizers.ts";
export { fittingFormat, quantRowBytes } from "./row-bytes.ts";
