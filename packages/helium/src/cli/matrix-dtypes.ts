import type { MatrixDType, WeightDType } from "@helium-lm/nn";
import type { QuantFormatName } from "@helium-lm/tensor";
import { quantFormatNames, quantizersOf } from "@helium-lm/tensor/quant";

const weightDTypeTable: Readonly<Record<WeightDType, true>> = { auto: true, f32: true, f16: true, bf16: true };

/** Ways to keep matrices in memory without quantising them, by the names of the library. */
export const weightDTypes = Object.keys(weightDTypeTable) as WeightDType[];

/** Block formats that matrices can be quantised to; others are only read. */
export const writableFormats: readonly QuantFormatName[] = quantFormatNames.filter(
  (name) => Object.keys(quantizersOf(name)).length > 0,
);

export const matrixDTypes: readonly MatrixDType[] = [...weightDTypes, ...writableFormats];
