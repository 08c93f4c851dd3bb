import { isFloat, type DType } from "../../../dtypes/dtype.ts";
import type { Kernel } from "../../../contract/kernels.ts";
import type { RowMap } from "../map-rows.ts";
import { RadixSorter } from "../radix-sort.ts";

/** Fills `keys` with unsigned numbers in the order of n elements: NaN last, −0 as 0. */
type KeysOf = (keys: Uint32Array, row: Float64Array, n: number) => void;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

const floatKeys: KeysOf = (keys, row, n) => {
  for (let i = 0; i < n; i++) {
    // −0 + 0 is 0.
    float[0] = row[i] + 0;
    // Negative floats fall with their bits, and come before the others.
    keys[i] = row[i] !== row[i] ? 0xffffffff : bits[0] >>> 31 ? ~bits[0] : bits[0] ^ 0x80000000;
  }
};

const signedKeys: KeysOf = (keys, row, n) => {
  for (let i = 0; i < n; i++) keys[i] = row[i] ^ 0x80000000;
};

const unsignedKeys: KeysOf = (keys, row, n) => {
  for (let i = 0; i < n; i++) keys[i] = row[i];
};

const keysOf = (dtype: DType): KeysOf =>
  isFloat(dtype) ? floatKeys : dtype === "i32" || dtype === "i8" ? signedKeys : unsignedKeys;

export const createArgsort =
  (mapRows: RowMap): Kernel<"argsort"> =>
  (out, { x }, { descending }) => {
    const { shape } = x.layout;
    const sorter = new RadixSorter(shape[shape.length - 1]);
    const fillKeys = keysOf(x.dtype);
    mapRows(out, x, (row, C) => {
      const { keys } = sorter;
      fillKeys(keys, row, C);
      if (descending) for (let i = 0; i < C; i++) keys[i] = ~keys[i];
      row.set(sorter.positions());
    });
  };
