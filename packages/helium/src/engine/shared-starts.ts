import type { EngineRow, Work } from "./work.ts";

/** A row whose pages others may use, with its place in the order of a pass. */
interface Begun {
  readonly row: EngineRow;
  readonly salt: string;
  readonly chunkSize: number;
  /** It waits for this one, and takes over what that has. */
  behind?: Begun;
}

/**
 * Which rows wait for pages that an earlier row of a pass is about to fill: of texts that begin alike and come together, one
 * computes their start, and the others take it over as soon as it is there. Rows wait only for those before them, so that
 * the first one never does; one that ends, fails or loses its pages is waited for no longer.
 */
export class SharedStarts {
  readonly #earlier: Begun[] = [];

  /** Tells of the next row. @param isBeginning nothing of it was computed for itself @returns whether it waits */
  waits({ request }: Work, row: EngineRow, isBeginning: boolean): boolean {
    const { salt } = request;
    if (salt === null || row.visible !== null) return false;
    const own: Begun = { row, salt, chunkSize: request.chunkSize ?? Infinity };
    const behind = isBeginning ? this.#earlier.find((other) => willFill(other, own)) : undefined;
    if (behind) own.behind = behind;
    // One that has nothing left of a page leads nobody.
    if (pagesOf(row, row.sequence.length) < pagesOf(row, row.ids.length - row.skip)) this.#earlier.push(own);
    return behind !== undefined;
  }
}

const pagesOf = ({ sequence }: EngineRow, tokens: number): number => Math.floor(tokens / sequence.pool.pageSize);

/** Pages that a row has, or can take over. */
const pagesThere = ({ row, behind }: Begun): number =>
  Math.max(pagesOf(row, row.sequence.length), behind ? pagesThere(behind) : 0);

/** The earlier row's next page is one that the later one begins with, and has not. */
function willFill(earlier: Begun, later: Begun): boolean {
  if (earlier.salt !== later.salt || earlier.chunkSize < later.chunkSize) return false;
  const { row } = later;
  const next = (pagesThere(earlier) + 1) * row.sequence.pool.pageSize;
  // What is looked at is computed in any case.
  if (next > row.ids.length - row.skip - row.outputs || row.sequence.length >= next) return false;
  const { ids, skip } = earlier.row;
  if (next > ids.length - skip) return false;
  for (let t = 0; t < next; t++) if (ids[skip + t] !== row.ids[row.skip + t]) return false;
  return true;
}
