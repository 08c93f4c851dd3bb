export type { QuantFormatName } from "../backend.ts";
export { dequantize } from "./dequantize.ts";
export { QuantError } from "./errors.ts";
export type { QuantFormat, QuantMethod, Quantizers, RowQuantizer } from "./format.ts";
export { isQuantFormat, quantFormatNames, quantFormats } from "./formats.ts";
export { quantize, type QuantizeOptions } from "./quantize.ts";
export { quantizersOf } from "./quantizers.ts";
export { fittingFormat, quantRowBytes } from "./row-bytes.ts";
