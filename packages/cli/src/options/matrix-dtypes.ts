import { weightDTypes, type MatrixDType } from "@helium-lm/nn";
import type { QuantFormatName } from "@helium-lm/tensor";
import { quantFormatNames, quantizersOf } from "@helium-lm/tensor/quant";

/** Block formats that matrices can be quantised to; others are only read. */
export const writableFormats: readonly QuantFormatName[] = quantFormatNames.filter(
  (name) => Object.keys(quantizersOf(name)).length > 0,
);

export const matrixDTypes: readonly MatrixDType[] = [...weightDTypes, ...writableFormats];
