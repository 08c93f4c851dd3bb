import type { Kernel } from "../../contract/kernels.ts";
import { forEachIndex, reader, rows, writer } from "./elements.ts";

const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

/** Attention by its formula: token by token, each of the last sequence that begins at or before it and ends after it. */
export const attention: Kernel<"attention"> = (out, inputs, { scale, causal, window, softcap }) => {
  const { q, keys, values, tables, mask } = inputs;
  const query = rows(q);
  const key = rows(keys);
  const value = rows(values);
  const page = reader(tables);
  const startOf = reader(inputs.queryStarts);
  const lengthOf = reader(inputs.lengths);
  const masked = mask ? reader(mask) : undefined;
  const write = writer(out);
  const [N, H, D] = q.layout.shape as [number, number, number];
  const [pages, K, P] = keys.layout.shape as [number, number, number];
  const [R, width] = tables.layout.shape as [number, number];
  const Dv = values.layout.shape[3];
  const slots = pages === 0 ? 0 : width * P;

  /** Sequence and slot of a token, and how many keys its sequence has. */
  const placeOf = (n: number): { r: number; slot: number; length: number } => {
    for (let r = 0; r < R; r++) {
      const end = clamp(startOf([r + 1]), 0, N);
      const length = clamp(lengthOf([r]), 0, slots);
      if (startOf([r]) <= n && n < end) return { r, slot: length - (end - n), length };
    }
    return { r: 0, slot: 0, length: 0 };
  };

  forEachIndex([N, H], ([n, h]) => {
    const { r, slot, length } = placeOf(n);
    const kv = Math.floor(h / (H / K));
    const row = query([n, h]);
    const visible: { value: (d: number) => number; score: number }[] = [];
    for (let s = 0; s < Math.min(length, mask?.layout.shape[2] ?? length); s++) {
      if ((causal && s > slot) || (window !== null && s <= slot - window)) continue;
      const added = masked ? masked([n, h, s]) : 0;
      if (mask?.dtype === "bool" ? added === 0 : added === -Infinity) continue;
      const at = [clamp(page([r, Math.floor(s / P)]), 0, pages - 1), kv, s % P];
      const keyRow = key(at);
      let score = 0;
      for (let d = 0; d < D; d++) score += row(d) * keyRow(d);
      score *= scale;
      if (softcap !== null) score = softcap * Math.tanh(score / softcap);
      visible.push({ value: value(at), score: mask && mask.dtype !== "bool" ? score + added : score });
    }
    const top = visible.reduce((best, { score }) => Math.max(best, score), -Infinity);
    const powers = visible.map(({ score }) => Math.exp(score - top));
    const total = powers.reduce((sum, power) => sum + power, 0);
    for (let d = 0; d < Dv; d++) {
      let mixed = 0;
      visible.forEach((key, i) => (mixed += (powers[i] / total) * key.value(d)));
      write([n, h, d], mixed);
    }
  });
};
