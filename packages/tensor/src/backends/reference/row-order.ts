import { ArgumentError } from "../../errors.ts";
import type { FusedKernels } from "../../contract/kernels.ts";
import { forEachIndex, lastLength, reader, rows, writer } from "./elements.ts";

/** Where b stands beside a in rising order: NaN is the largest, −0 equals 0. */
function order(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The row ops by their definitions; sums in f64 with one rounding at the end. */
export const rowKernels: Pick<FusedKernels, "cumsum" | "argsort" | "scatter"> = {
  cumsum(out, { x }) {
    const read = rows(x);
    const write = writer(out);
    forEachIndex(x.layout.shape.slice(0, -1), (lead) => {
      const row = read(lead);
      let total = 0;
      for (let r = 0; r < lastLength(x); r++) write([...lead, r], (total += row(r)));
    });
  },

  argsort(out, { x }, { descending }) {
    const read = rows(x);
    const write = writer(out);
    forEachIndex(x.layout.shape.slice(0, -1), (lead) => {
      const row = read(lead);
      const positions = Array.from({ length: lastLength(x) }, (_, r) => r);
      // The sort is stable: equal elements stay in rising order of position, whichever way it goes.
      positions.sort((a, b) => (descending ? order(row(b), row(a)) : order(row(a), row(b))));
      positions.forEach((position, r) => write([...lead, r], position));
    });
  },

  scatter(out, { x, indices, source }, { add }) {
    const pick = reader(indices);
    const [own, read] = [rows(x), rows(source)];
    const write = writer(out);
    const R = lastLength(x);
    forEachIndex(indices.layout.shape, (index) => {
      const at = pick(index);
      if (at < 0 || at >= R)
        throw new ArgumentError("scatter", `index ${at} at position [${index.join(", ")}] is outside [0, ${R})`, {
          index: at,
          length: R,
        });
    });
    forEachIndex(x.layout.shape.slice(0, -1), (lead) => {
      const [row, from] = [own(lead), read(lead)];
      const sums = Array.from({ length: R }, (_, r) => row(r));
      for (let s = 0; s < lastLength(source); s++) {
        const at = pick([...lead, s]);
        sums[at] = add ? (sums[at] ?? 0) + from(s) : from(s);
      }
      sums.forEach((sum, r) => write([...lead, r], sum));
    });
  },
};
