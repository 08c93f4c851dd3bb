import type { DType } from "../dtypes/dtype.ts";
import type { Layout } from "../layout.ts";
import type { QuantFormatName } from "../quant/formats/index.ts";

export type { QuantFormatName } from "../quant/formats/index.ts";

/** What a storage holds: a run of elements, or a matrix in a block-quantised format (rows of `columns` weights). */
export type StorageSpec =
  | {
      readonly kind: "dense";
      readonly dtype: DType;
      readonly length: number;
      /** Written once, then only multiplied by and looked up in: may lie apart from what is computed with. */
      readonly weights?: boolean;
      /** Of a matrix of weights: elements of a row. A backend may keep rows in several places. */
      readonly columns?: number;
    }
  | { readonly kind: "quant"; readonly format: QuantFormatName; readonly rows: number; readonly columns: number };

/** Memory owned by one backend. Opaque: a backend may replace the device object behind it at any time. */
export interface StorageHandle {
  readonly spec: StorageSpec;
}

/** A strided view of a storage: all a kernel ever sees of a tensor. */
export interface Operand {
  readonly handle: StorageHandle;
  readonly layout: Layout;
  readonly dtype: DType;
}

/** A block-quantised matrix `[rows, columns]` as a kernel sees it: consecutive rows of a storage. */
export interface QuantOperand {
  readonly handle: StorageHandle;
  readonly format: QuantFormatName;
  /** Row of the storage that is row 0 here. */
  readonly firstRow: number;
  readonly rows: number;
  readonly columns: number;
}

/** Weights `[N, K]` of a product: floats, or blocks. */
export type WeightOperand = Operand | QuantOperand;

/** The blocks of weights. @throws RangeError for floats, which a kernel that takes block formats alone is never given */
export function blocksOnly(weight: WeightOperand): QuantOperand {
  if ("format" in weight) return weight;
  throw new RangeError(`weights of ${weight.dtype} in a kernel for block formats`);
}
