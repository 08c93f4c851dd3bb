import type { RopePairing } from "@helium-lm/tensor";

/** How the rows of a q or k projection (or its bias) are grouped. */
export interface HeadRows {
  readonly rows: number;
  readonly heads: number;
  /** Leading rows of each head that rotation turns; the others keep their places. */
  readonly rotaryDim: number;
}

/**
 * Rows of q or k in the order of another pairing, so that rotating by it gives what rotating by the old one gave. Within
 * the R rotated rows of a head, interleaved row `2i + j` is half-split row `j·R/2 + i`. Works on whole rows, in any format.
 */
export function reorderHeadRows(bytes: Uint8Array, { rows, heads, rotaryDim }: HeadRows, to: RopePairing): Uint8Array {
  const rowBytes = bytes.length / rows;
  const headDim = rows / heads;
  const half = rotaryDim / 2;
  const ordered = new Uint8Array(bytes.length);
  for (let row = 0; row < rows; row++) {
    const r = row % headDim;
    const interleaved = r < rotaryDim ? row - r + 2 * (r % half) + Math.floor(r / half) : row;
    // `row` is a place in the half-split order, `interleaved` the same row's place in the other.
    const [from, into] = to === "interleaved" ? [row, interleaved] : [interleaved, row];
    ordered.set(bytes.subarray(from * rowBytes, (from + 1) * rowBytes), into * rowBytes);
  }
  return ordered;
}
