import type { FusedKernels } from "../../kernels.ts";
import { activationScalar } from "../scalar-ops.ts";
import { forEachIndex, lastLength, reader, rows, writer } from "./elements.ts";

/**
 * The fused ops by their formulas, all sums in f64 with one rounding at the end. They take f32 activations; other
 * dtypes run by the composition, which rounds where the formula says so.
 */
export const fusedKernels: FusedKernels = {
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
    const read = rows(x);
    const w = rows(weight);
    const shift = bias ? reader(bias) : () => 0;
    const write = writer(out);
    const K = x.layout.shape[1];
    forEachIndex(out.layout.shape, ([m, n]) => {
      const [row, weights] = [read([m]), w([n])];
      let total = 0;
      for (let k = 0; k < K; k++) total += row(k) * weights(k);
      write([m, n], total + shift([n]));
    });
  },

  attention(out, { q, keys, values, tables, mask }, { lengths, scale, causal, window, softcap }) {
    const query = rows(q);
    const key = rows(keys);
    const value = rows(values);
    const page = reader(tables);
    const masked = mask ? reader(mask) : undefined;
    const write = writer(out);
    const [, H, T, D] = q.layout.shape as [number, number, number, number];
    const [, K, P] = keys.layout.shape as [number, number, number, number];
    const Dv = values.layout.shape[3];
    forEachIndex(q.layout.shape.slice(0, 3), ([b, h, t]) => {
      const slot = lengths[b] - T + t;
      const kv = Math.floor(h / (H / K));
      const row = query([b, h, t]);
      const visible: { value: (d: number) => number; score: number }[] = [];
      for (let s = 0; s < lengths[b]; s++) {
        if ((causal && s > slot) || (window !== null && s <= slot - window)) continue;
        const added = masked ? masked([b, h, t, s]) : 0;
        if (mask?.dtype === "bool" ? added === 0 : added === -Infinity) continue;
        const at = [page([b, Math.floor(s / P)]), kv, s % P];
        const keyRow = key(at);
        let score = 0;
        for (let d = 0; d < D; d++) score += row(d) * keyRow(d);
        score *= scale;
        if (softcap !== null) score = softcap * Math.tanh(score / softcap);
        visible.push({ value: value(at), score: mask && mask.dtype !== "bool" ? score + added : score });
      }
      const top = visible.reduce((best, { score }) => Math.max(best, score), -Infinity);
      const total = visible.reduce((sum, { score }) => sum + Math.exp(score - top), 0);
      for (let d = 0; d < Dv; d++) {
        let mixed = 0;
        for (const key of visible) mixed += (Math.exp(key.score - top) / total) * key.value(d);
        write([b, h, t, d], mixed);
      }
    });
  },
};
