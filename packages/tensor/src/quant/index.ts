export type { QuantFormatName } from "../backend.ts";
export { QuantError } from "./errors.ts";
export type { QuantFormat, QuantMethod, RowQuantizer } from "./format.ts";
export { isQuantFormat, quantFormatNames, quantFormats } from "./formats.ts";
export { dequantize, fittingFormat, quantize, quantRowBytes, type QuantizeOptions } from "./quantize.ts";
