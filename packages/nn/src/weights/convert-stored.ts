import { dtypeNames, dtypes, isDType, isFloat, type DType, type TypedArray } from "@helium-lm/tensor";
import { WeightsError } from "../errors.ts";

/** Stored elements of a tensor in the dtype they will be kept in. */
export interface StoredElements {
  readonly dtype: DType;
  readonly elements: TypedArray;
}

/**
 * Bytes of a checkpoint tensor as elements of the dtype `choose` wants for the stored one. Floats convert by value
 * (round to nearest even), integers are kept.
 *
 * @throws WeightsError for a stored type that no tensor can hold (F8 …)
 */
export function convertStored(
  name: string,
  stored: string,
  bytes: Uint8Array,
  choose: (stored: DType) => DType,
): StoredElements {
  if (!isDType(stored))
    throw new WeightsError(
      name,
      `is stored as ${stored}, which no tensor can hold; expected one of ${dtypeNames.join(", ")}, so convert the file`,
      {
        given: stored,
      },
    );
  const source = elementsOf(stored, bytes);
  const dtype = isFloat(stored) ? choose(stored) : stored;
  return { dtype, elements: convertElements(source, stored, dtype) };
}

/** The elements of one dtype in another one, by value (round to nearest even); the same array where both are one. */
export function convertElements(elements: TypedArray, from: DType, to: DType): TypedArray {
  if (from === to) return elements;
  const { decode } = dtypes[from];
  const { encode, bytes, view } = dtypes[to];
  const converted = view(new ArrayBuffer(elements.length * bytes), 0, elements.length);
  for (let i = 0; i < elements.length; i++) converted[i] = encode(decode(elements[i] ?? 0));
  return converted;
}

/** Typed array over the bytes; copies only when they are not aligned. */
function elementsOf(dtype: DType, bytes: Uint8Array): TypedArray {
  const { bytes: width, view } = dtypes[dtype];
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  return view(aligned.buffer, aligned.byteOffset, aligned.byteLength / width);
}
