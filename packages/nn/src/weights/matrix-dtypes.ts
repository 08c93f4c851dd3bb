import type { QuantFormatName } from "@helium-lm/tensor";
import { quantFormatNames } from "@helium-lm/tensor/quant";

/**
 * Storage dtype of matrices: `auto` keeps the file's, block formats included where the backend stores them (elsewhere they
 * become f32). Vectors (norms, biases) are always kept as f32.
 */
export type WeightDType = "auto" | "f32" | "f16" | "bf16";

/** As `WeightDType`, or a block format that matrices are quantised to while they are read. */
export type MatrixDType = WeightDType | QuantFormatName;

const weightDTypeTable: Readonly<Record<WeightDType, true>> = { auto: true, f32: true, f16: true, bf16: true };

/** Ways to keep matrices in memory without quantising them. */
export const weightDTypes = Object.keys(weightDTypeTable) as readonly WeightDType[];

/** All names of `MatrixDType`. */
export const matrixDTypes: readonly MatrixDType[] = [...weightDTypes, ...quantFormatNames];
