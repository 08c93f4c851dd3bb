import { dtypes, isDType, sizeOf } from "@helium-lm/tensor";
import type { CheckpointReader, MatrixDType } from "@helium-lm/nn";
import { fittingFormat, isQuantFormat, quantRowBytes } from "@helium-lm/tensor/quant";

/** Bytes that the tensors of a checkpoint take when matrices are kept in a dtype or block format; "auto": as they are stored. */
export function weightBytes(reader: CheckpointReader, dtype: MatrixDType): number {
  return reader.names().reduce((sum, name) => {
    const { shape, storedBytes } = reader.info(name);
    if (dtype === "auto" || shape.length < 2) return sum + storedBytes;
    const columns = shape.at(-1) ?? 1;
    const kept = isQuantFormat(dtype) ? (fittingFormat(dtype, columns) ?? "bf16") : dtype;
    return (
      sum +
      (isDType(kept) ? sizeOf(shape) * dtypes[kept].bytes : (sizeOf(shape) / columns) * quantRowBytes(kept, columns))
    );
  }, 0);
}
