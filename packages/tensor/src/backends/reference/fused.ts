import type { FusedKernels } from "../../contract/kernels.ts";
import type { f32Activations } from "../host/accepts.ts";
import { activationScalar } from "../host/scalar-ops.ts";
import { attention } from "./attention.ts";
import { forEachIndex, lastLength, reader, rows, valuesOf, writer } from "./elements.ts";

/**
 * The fused ops by their formulas, all sums in f64 with one rounding at the end. They take f32 activations; other
 * dtypes run by the composition, which rounds where the formula says so.
 */
export const fusedKernels: Pick<FusedKernels, keyof typeof f32Activations> = {
  softmax(out, { x }) {
    const read = rows(x);
    const write = writer(out);
    const C = lastLength(x);
    forEachIndex(x.layout.shape.slice(0, -1), (row) => {
      const at = read(row);
      let top = -Infinity;
      for (let c = 0; c < C; c++) top = Math.max(top, at(c));
      let total = 0;
      for (let c = 0; c < C; c++) total += Math.exp(at(c) - top);
      for (let c = 0; c < C; c++) write([...row, c], Math.exp(at(c) - top) / total);
    });
  },

  rmsNorm(out, { x, weight }, { eps, weightMode }) {
    const read = rows(x);
    const scale = reader(weight);
    const write = writer(out);
    const C = lastLength(x);
    const offset = weightMode === "one-plus" ? 1 : 0;
    forEachIndex(x.layout.shape.slice(0, -1), (row) => {
      const at = read(row);
      let squares = 0;
      for (let c = 0; c < C; c++) squares += at(c) ** 2;
      const r = 1 / Math.sqrt(squares / C + eps);
      for (let c = 0; c < C; c++) write([...row, c], at(c) * r * (scale([c]) + offset));
    });
  },

  layerNorm(out, { x, weight, bias }, { eps }) {
    const read = rows(x);
    const scale = reader(weight);
    const shift = bias ? reader(bias) : () => 0;
    const write = writer(out);
    const C = lastLength(x);
    forEachIndex(x.layout.shape.slice(0, -1), (row) => {
      const at = read(row);
      let total = 0;
      for (let c = 0; c < C; c++) total += at(c);
      const mean = total / C;
      let squares = 0;
      for (let c = 0; c < C; c++) squares += (at(c) - mean) ** 2;
      const r = 1 / Math.sqrt(squares / C + eps);
      for (let c = 0; c < C; c++) write([...row, c], (at(c) - mean) * r * scale([c]) + shift([c]));
    });
  },

  rope(out, { x, cos, sin, positions }, { pairing }) {
    const read = reader(x);
    const c = reader(cos);
    const s = reader(sin);
    const position = reader(positions);
    const write = writer(out);
    const [M, half] = cos.layout.shape;
    forEachIndex(x.layout.shape, ([n, h, d]) => {
      const at = (element: number): number => read([n, h, element]);
      if (d >= 2 * half) return write([n, h, d], at(d));
      const i = pairing === "half" ? d % half : d >> 1;
      const [first, second] = pairing === "half" ? [i, i + half] : [2 * i, 2 * i + 1];
      const turn = [Math.max(0, Math.min(position([n]), M - 1)), i];
      const value =
        d === first ? at(first) * c(turn) - at(second) * s(turn) : at(second) * c(turn) + at(first) * s(turn);
      write([n, h, d], value);
    });
  },

  gatedActivation(out, { gate, up }, { activation }) {
    const g = reader(gate);
    const u = reader(up);
    const write = writer(out);
    const fn = activationScalar[activation];
    forEachIndex(out.layout.shape, (index) => write(index, fn(g(index)) * u(index)));
  },

  linear(out, { x, weight, bias }) {
    const [M, N] = out.layout.shape;
    const values = valuesOf(x); // [M, K]
    const w = rows(weight);
    const shift = bias ? reader(bias) : () => 0;
    const write = writer(out);
    const K = x.layout.shape[1];
    for (let n = 0; n < N; n++) {
      const weights = w([n]);
      for (let m = 0; m < M; m++) {
        let total = 0;
        for (let k = 0; k < K; k++) total += values[m * K + k] * weights(k);
        write([m, n], total + shift([n]));
      }
    }
  },

  attention,
};

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
