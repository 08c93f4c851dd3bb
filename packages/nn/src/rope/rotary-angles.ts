import { tensor, type Backend, type Tensor } from "@helium-lm/tensor";
import type { CosSin } from "./rotary-embedding.ts";

/** Angles of one pass on its backend, for `rope` on tokens `[N, H, D]`. */
export interface RotaryAngles {
  /** `[M, R/2]` */
  readonly cos: Tensor;
  readonly sin: Tensor;
  /** `[N]` i32: each token's row of the tables. */
  readonly positions: Tensor;
}

/**
 * Uploads the angles `[B or 1, T, R/2]` of `batch` rows of T tokens; one row of angles serves all rows. The tensors belong
 * to the running scope, or to the caller where there is none.
 *
 * @example
 * const angles = rotaryAngles(backend, embedding.cosSin([[0, 1, 2]]), 4); // positions [12]: 0 1 2 0 1 2 …
 */
export function rotaryAngles(
  backend: Backend,
  { cos, sin, shape: [rows, T, half] }: CosSin,
  batch: number,
): RotaryAngles {
  const M = rows * T;
  const table = (values: Float32Array): Tensor => tensor(backend, values, { shape: [M, half] });
  const positions = Int32Array.from({ length: batch * T }, (_, n) => n % Math.max(1, M));
  return { cos: table(cos), sin: table(sin), positions: tensor(backend, positions, { dtype: "i32" }) };
}
