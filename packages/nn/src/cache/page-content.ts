import { dtypes, fromStored, gather, narrow, scope, sliceUpdate, tensor, type Tensor } from "@helium-lm/tensor";
import { CacheError } from "../errors.ts";
import type { PagePool } from "./page-pool.ts";

/** The tensors that hold the pages, `[pages, …]` each, in the order in which their content is written. */
function tensorsOf(pool: PagePool): readonly Tensor[] {
  return pool.layers.flatMap(({ keys, values }) =>
    [keys, values].flatMap((side) => (side.scales ? [side.pool, side.scales] : [side.pool])),
  );
}

const bytesOf = (t: Tensor, pages: number): number =>
  t.shape.slice(1).reduce((size, n) => size * n, pages * dtypes[t.dtype].bytes);

/** Bytes of a page over all layers. The pool must have memory for one. */
export function pageBytes(pool: PagePool): number {
  return tensorsOf(pool).reduce((sum, t) => sum + bytesOf(t, 1), 0);
}

/**
 * What is in some pages when this is called, as it is stored: layer after layer, keys before values, levels before their scales, of
 * each all the pages one after the other.
 */
export async function readPages(pool: PagePool, pages: readonly number[]): Promise<Uint8Array> {
  pool.checkLive();
  const rows = scope((s) => {
    const indices = tensor(pool.backend, pages, { dtype: "i32", shape: [pages.length] });
    return tensorsOf(pool).map((t) => s.keep(gather(t, indices))); // [n, …]
  });
  try {
    const parts = await Promise.all(rows.map((t) => t.stored()));
    const content = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
    let at = 0;
    for (const { buffer, byteOffset, byteLength } of parts) {
      content.set(new Uint8Array(buffer, byteOffset, byteLength), at);
      at += byteLength;
    }
    return content;
  } finally {
    for (const t of rows) t.dispose();
  }
}

/**
 * Fills pages with what `readPages` gave, of this pool or another of the same shape.
 *
 * @param stored pages that the content is of, of which the first ones are written; default: all
 * @throws CacheError for other bytes
 */
export function writePages(pool: PagePool, pages: readonly number[], content: Uint8Array, stored = pages.length): void {
  pool.checkLive();
  const expected = stored * pageBytes(pool);
  if (content.length !== expected || pages.length > stored)
    throw new CacheError(
      "writePages",
      `${content.length} bytes do not fill ${pages.length} of ${stored} pages, which take ${expected}; give what readPages gave`,
      { given: content.length, expected },
    );
  let at = 0;
  for (const t of tensorsOf(pool))
    scope(() => {
      // A copy: its elements must lie at a multiple of their size.
      const own = content.slice(at, at + bytesOf(t, pages.length));
      const rows = fromStored(pool.backend, own, [pages.length, ...t.shape.slice(1)], t.dtype);
      at += bytesOf(t, stored);
      for (const { start, page, count } of runsOf(pages))
        sliceUpdate(t, narrow(rows, 0, start, count), [page, ...t.shape.slice(1).map(() => 0)]);
    });
}

/** Pages whose numbers follow one another. */
function runsOf(
  pages: readonly number[],
): readonly { readonly start: number; readonly page: number; readonly count: number }[] {
  const runs: { start: number; page: number; count: number }[] = [];
  pages.forEach((page, start) => {
    const last = runs.at(-1);
    if (last && last.page + last.count === page) last.count++;
    else runs.push({ start, page, count: 1 });
  });
  return runs;
}
