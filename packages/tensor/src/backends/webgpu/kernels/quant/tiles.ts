import { wgsl, type Fragment } from "../../wgsl/tag.ts";
import { wordFields } from "../rows/rows.ts";
import { pieceFields, pieceWords } from "./matrices.ts";
import { columnOf, productFields, productWords, storeProduct, type Product } from "./product.ts";

/** Rows of x and of weights of a tile of the result. */
export const TILE = 32;

/** A thread has 4 × 4 sums. */
export const TILE_THREADS = (TILE / 4) ** 2;

/** Distance of what one column needs of the rows of a tile, in shared memory: not a multiple of the banks. */
export const PITCH = TILE + 1;

export const fours = [0, 1, 2, 3] as const;

/** Names of the parameters of kernels on tiles. */
export const tileFields = (product: Product): Record<string, string> =>
  wordFields("across", "column", ...productFields(product), ...product.pieces.flatMap((_, i) => pieceFields(i)));

/** Their words, and a workgroup for each tile. */
export function tileGrid(product: Product): { readonly words: number[]; readonly groups: number } {
  const { pieces, M } = product;
  const across = Math.ceil(pieces[0].rows / TILE);
  return {
    words: [across, columnOf(product, 0), ...productWords(product), ...pieces.flatMap(pieceWords)],
    groups: across * Math.ceil(M / TILE),
  };
}

/**
 * Where a tile begins, `m0` and `n0`, and which of its rows and columns are the thread's: four from `left` and `right` on. The grid
 * may have more groups than there are tiles: they compute again what is not stored.
 */
export const tilePlace = wgsl`
  let n0 = (group % p.across) * ${TILE}u;
  let m0 = (group / p.across) * ${TILE}u;
  let left = 4u * (lane / ${TILE / 4}u);
  let right = 4u * (lane % ${TILE / 4}u);`;

/** Stores the sums of a thread: `sum_i_r` (vec4<f32>) of matrix i and row r. */
export const storeTile = (product: Product): Fragment[] =>
  fours.flatMap((r) =>
    fours.map(
      (c) => wgsl`
  if (m0 + left + ${r}u < p.m && n0 + right + ${c}u < p.rows_0) {
    let m = m0 + left + ${r}u;
    let n = p.column + n0 + right + ${c}u;
    ${storeProduct(
      product,
      "m",
      "n",
      product.pieces.map((_, i) => `sum_${i}_${r}[${c}]`),
    )}
  }`,
    ),
  );
