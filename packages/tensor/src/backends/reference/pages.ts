import type { FusedKernels } from "../../contract/kernels.ts";
import { forEachIndex, reader, writer } from "./elements.ts";

/** The ops on pages of keys and values, by their definitions. */
export const pageKernels: Pick<FusedKernels, "scatterRows"> = {
  scatterRows(out, { rows, slots }) {
    const read = reader(rows);
    const slot = reader(slots);
    const write = writer(out);
    const [pages, , P] = out.layout.shape;
    forEachIndex(rows.layout.shape, (index) => {
      const [n, k, ...inner] = index;
      const at = slot([n]);
      if (at >= 0 && at < pages * P) write([Math.floor(at / P), k, at % P, ...inner], read(index));
    });
  },
};
