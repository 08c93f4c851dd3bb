import { dtypes, isDType, isFloat, type DType, type TypedArray } from "@helium-lm/tensor";
import { WeightsError } from "./errors.ts";

/** Stored elements of a tensor in the dtype they will be kept in. */
export interface StoredElements {
  readonly dtype: DType;
  readonly elements: TypedArray;
}

/**
 * Bytes of a checkpoint tensor as elements of the dtype `choose` wants for the stored one. Floats convert by value
 * (round to nearest even), integers are kept.
 *
 * @throws WeightsError for a stored dtype that no tensor can hold (f64, i64, f8 …)
 */
export function convertStored(
  name: string,
  stored: string,
  bytes: Uint8Array,
  choose: (stored: DType) => DType,
): StoredElements {
  const from = stored.toLowerCase();
  if (!isDType(from))
    throw new WeightsError(
      name,
      `is stored as ${stored}; expected F32, F16, BF16, I32, U32, I8, U8 or BOOL. Convert the file`,
      {
        given: stored,
      },
    );
  const source = elementsOf(from, bytes);
  const dtype = isFloat(from) ? choose(from) : from;
  if (dtype === from) return { dtype, elements: source };
  const { decode } = dtypes[from];
  const { encode, bytes: width, view } = dtypes[dtype];
  const elements = view(new ArrayBuffer(source.length * width), 0, source.length);
  for (let i = 0; i < source.length; i++) elements[i] = encode(decode(source[i] ?? 0));
  return { dtype, elements };
}

/** Typed array over the bytes; copies only when they are not aligned. */
function elementsOf(dtype: DType, bytes: Uint8Array): TypedArray {
  const { bytes: width, view } = dtypes[dtype];
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  return view(aligned.buffer, aligned.byteOffset, aligned.byteLength / width);
}
