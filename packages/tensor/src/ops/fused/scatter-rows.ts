import { DTypeError, ShapeError } from "../../errors.ts";
import { formatShape } from "../../layout.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { asDType } from "../cast.ts";
import { eq } from "../compare.ts";
import { commonBackend, requireShape, runScatterRows } from "../dispatch.ts";
import { arange } from "../fill.ts";
import { gather } from "../gather.ts";
import { argmax, max } from "../reduce.ts";
import { sliceUpdate } from "../slice-update.ts";
import { permute, reshape, unsqueeze } from "../view.ts";
import { where } from "../where.ts";

/**
 * Definition: every slot of the pool `[pages, K, P, …rest]` takes the row `[N, K, …rest]` that names it, or keeps what it
 * has, by N·pages·P comparisons; then the pool is written whole.
 */
export function composeScatterRows(pool: Tensor, rows: Tensor, slots: Tensor): void {
  const [pages, K, P, ...rest] = pool.shape as [number, number, number, ...number[]];
  if (rows.size === 0 || pool.size === 0) return;
  scope(() => {
    const places = unsqueeze(arange(pool.backend, 0, pages * P), 1); // [pages·P, 1]
    const hits = where(eq(places, slots), 1, 0); // [pages·P, N]
    const picked = asDType(gather(rows, argmax(hits, -1)), pool.dtype); // [pages·P, K, …rest]
    const inner = rest.map((_, axis) => axis + 3);
    const byPage = permute(reshape(picked, [pages, P, K, ...rest]), [0, 2, 1, ...inner]); // [pages, K, P, …rest]
    const isNew = reshape(eq(max(hits, -1), 1), [pages, 1, P, ...rest.map(() => 1)]);
    const starts = pool.shape.map(() => 0);
    sliceUpdate(pool, where(isNew, byPage, pool), starts);
  });
}

/**
 * Writes rows into the pages of a pool, in place: row n goes to place `slots[n] mod P` of page `slots[n] div P`, for all heads.
 * Every view of the pool's storage sees it. Rows are cast to the pool's dtype.
 *
 * @param pool `[pages, K, P, D]`, or `[pages, K, P]` for one number per row
 * @param rows `[N, K, D]`, or `[N, K]`
 * @param slots `[N]` i32, all different; one outside `[0, pages·P)`, such as −1, writes nothing
 * @throws ShapeError, DTypeError
 * @example
 * // The new keys of two sequences: slot 3 of page 5 and slot 0 of page 2, where pages have 64 slots.
 * scatterRows(pool, keys, tensor(backend, [5 * 64 + 3, 2 * 64], { dtype: "i32" }));
 */
export function scatterRows(pool: Tensor, rows: Tensor, slots: Tensor): void {
  const backend = commonBackend("scatterRows", pool, rows, slots);
  if (slots.dtype !== "i32")
    throw new DTypeError("scatterRows", `slots are ${slots.dtype}; expected i32`, { given: slots.dtype });
  if (pool.rank !== 3 && pool.rank !== 4)
    throw new ShapeError(
      "scatterRows",
      `pool is ${formatShape(pool.shape)}; expected [pages, K, P, D] or [pages, K, P]`,
      {
        pool: pool.shape,
      },
    );
  const [, K, , ...rest] = pool.shape as [number, number, number, ...number[]];
  requireShape("scatterRows", "rows", rows, [-1, K, ...rest]);
  requireShape("scatterRows", "slots", slots, [rows.shape[0]]);
  runScatterRows(backend, pool, rows, slots, composeScatterRows);
}
