import { dtypes, isDType, isFloat, type Backend } from "@helium-lm/tensor";
import { isQuantFormat, quantRowBytes } from "@helium-lm/tensor/quant";
import { keptMatrix, type KeptMatrix, type TensorInfo } from "@helium-lm/nn";

/** Tensors of one stored type that a backend keeps in the same way, and how layers work with them. */
export interface KeptType extends KeptMatrix {
  readonly stored: string;
  readonly tensors: number;
  readonly bytesPerWeight: number;
  readonly bytes: number;
}

/**
 * How a backend keeps the tensors of a checkpoint with `dtype: "auto"`, the largest share first: vectors in f32, matrices
 * as they are stored where it stores such, else in f32.
 *
 * @param tensors all of types that can be loaded
 *
 * @example
 * const reader = await (await modelSource("models/helium-nano")).openWeights();
 * const types = await keptTypes(backend, reader.names().map((name) => reader.info(name)));
 * console.log(types.map(({ stored, kept }) => `${stored} as ${kept}`)); // [ 'bf16 as bf16', 'bf16 as f32' ]
 * await reader.close();
 */
export async function keptTypes(backend: Backend, tensors: readonly TensorInfo[]): Promise<KeptType[]> {
  const groups = new Map<string, KeptMatrix & { stored: string; tensors: number; weights: number }>();
  for (const { dtype: stored, shape } of tensors) {
    const how = keptAs(backend, stored, shape.length);
    const key = `${stored} ${how.kept}`;
    const group = groups.get(key) ?? { stored, ...how, tensors: 0, weights: 0 };
    group.tensors += 1;
    group.weights += shape.reduce((size, n) => size * n, 1);
    groups.set(key, group);
  }
  const types: KeptType[] = [];
  for (const { weights, ...group } of groups.values()) {
    const bytesPerWeight = await measure(backend, group.kept);
    types.push({ ...group, bytesPerWeight, bytes: Math.round(weights * bytesPerWeight) });
  }
  return types.sort((a, b) => b.bytes - a.bytes);
}

/** Vectors are f32 on every backend, which is no matter of its kernels. */
function keptAs(backend: Backend, stored: string, rank: number): KeptMatrix {
  const isVector = rank < 2 && isDType(stored) && isFloat(stored);
  return isVector ? { kept: "f32", runs: "kernel" } : keptMatrix(backend, stored);
}

/** Bytes that a weight takes, by a matrix of whole blocks of every format and whole panels of rows. */
async function measure(backend: Backend, kept: KeptType["kept"]): Promise<number> {
  const [rows, columns] = [96, 768];
  const before = backend.memory().bytes;
  const handle = backend.alloc(
    isQuantFormat(kept)
      ? { kind: "quant", format: kept, rows, columns }
      : { kind: "dense", dtype: kept, length: rows * columns },
  );
  try {
    const rowBytes = isQuantFormat(kept) ? quantRowBytes(kept, columns) : columns * dtypes[kept].bytes;
    // Packing may be a matter of what is written.
    backend.write(handle, new Uint8Array(rows * rowBytes));
    await backend.synchronize();
    return (backend.memory().bytes - before) / (rows * columns);
  } finally {
    backend.release(handle);
  }
}
