import type { FusedKernels } from "../../contract/kernels.ts";
import { gatherQuant, rowReader } from "../host/quant-rows.ts";
import { reader, valuesOf, writer } from "./elements.ts";

/** Quant ops by their definition: weights dequantised row by row, sums in f64, one rounding at the end. */
export const quantKernels: Pick<FusedKernels, "quantMatmul" | "gatherQuant"> = {
  quantMatmul(out, { x, weight, bias }) {
    const { rows: N, columns: K } = weight;
    const readRows = rowReader(weight);
    const values = valuesOf(x); // [M, K]
    const shift = bias ? reader(bias) : () => 0;
    const write = writer(out);
    const row = new Float32Array(K);
    for (let n = 0; n < N; n++) {
      readRows(row, n, 1);
      for (let m = 0; m < x.layout.shape[0]; m++) {
        let total = 0;
        for (let k = 0; k < K; k++) total += values[m * K + k] * row[k];
        write([m, n], total + shift([n]));
      }
    }
  },

  gatherQuant,
};
