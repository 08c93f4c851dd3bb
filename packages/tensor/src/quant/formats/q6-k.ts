import { f16At, roundF16, storeF16 } from "../block-fields.ts";
import type { BlockLayout, Quantizers, RowQuantizer } from "../format.ts";
import { searchScale, steps } from "../scale-search.ts";
import { ROUND } from "../search-block.ts";

/**
 * 210 bytes for 256 weights in 16 groups of 16, each `d·s·(q − 32)`: 128 bytes of low nibbles (byte 64h + l holds weight
 * 128h + l, low, and 128h + 64 + l), 64 bytes of high two bits (byte 32h + l: weights 128h + l + 0, 32, 64, 96 from the
 * low bits up), 16 signed bytes s, f16 d.
 */
export const q6_K: BlockLayout = {
  ggmlType: 14,
  blockSize: 256,
  blockBytes: 210,
  halves: [208],
  dequantizeRow(bytes, out) {
    for (let at = 0, to = 0; to < out.length; at += 210, to += 256) {
      const d = f16At(bytes, at + 208);
      for (let group = 0; group < 16; group++) {
        const scale = Math.fround(d * ((bytes[at + 192 + group] << 24) >> 24));
        const half = group >> 3;
        const low = at + 64 * half + 16 * (group & 3);
        const lowShift = group & 4;
        const high = at + 128 + 32 * half + 16 * (group & 1);
        const highShift = group & 6;
        for (let l = 0; l < 16; l++) {
          const q = ((bytes[low + l] >>> lowShift) & 15) | (((bytes[high + l] >>> highShift) & 3) << 4);
          out[to + 16 * group + l] = scale * (q - 32);
        }
      }
    }
  },
};

export const q6_KQuantizers = (): Quantizers => ({ search: createQuantizer() });

/**
 * A scale per group by least squares, rounded to 8 bits of a common d (chosen so that the largest gets ±127), the best
 * of the rounded one and its neighbours; then d is fitted again to what was chosen, and the levels with it.
 */
function createQuantizer(): RowQuantizer {
  const placements = Float64Array.from([...steps(-32.4, 0.8, 4), ...steps(31.4, -0.8, 4)]);
  const fits = new Float64Array(16);
  const scales = new Int8Array(16);
  const levels = new Int8Array(256);

  const chooseScale = (x: Float32Array, from: number, group: number, w: Float32Array | null, d: number): void => {
    const rounded = d === 0 ? 0 : Math.max(-128, Math.min(127, Math.round(fits[group] / d)));
    let least = Infinity;
    scales[group] = 0;
    for (let s = Math.max(-128, rounded - 1); s <= Math.min(127, rounded + 1); s++) {
      const loss = groupLoss(x, from + 16 * group, w, Math.fround(d * s));
      if (loss < least) {
        least = loss;
        scales[group] = s;
      }
    }
    const scale = Math.fround(d * scales[group]);
    const inverse = scale === 0 ? 0 : 1 / scale;
    for (let i = 16 * group; i < 16 * (group + 1); i++) levels[i] = level(x[from + i], inverse);
  };

  const quantizeBlock = (
    x: Float32Array,
    from: number,
    bytes: Uint8Array,
    at: number,
    w: Float32Array | null,
  ): void => {
    let largest = 0;
    for (let group = 0; group < 16; group++) {
      fits[group] = searchScale(x, from + 16 * group, 16, w, -32, 31, placements);
      largest = Math.max(largest, Math.abs(fits[group]));
    }
    let d = roundF16(largest / 127);
    for (let group = 0; group < 16; group++) chooseScale(x, from, group, w, d);
    d = roundF16(refit(x, from, w, d));
    for (let group = 0; group < 16; group++) chooseScale(x, from, group, w, d);
    storeF16("q6_K", bytes, at + 208, d);
    pack(bytes, at);
  };

  /** `Σ w·x·s·q / Σ w·(s·q)²` */
  const refit = (x: Float32Array, from: number, w: Float32Array | null, d: number): number => {
    let ax = 0;
    let aa = 0;
    for (let i = 0; i < 256; i++) {
      const a = scales[i >> 4] * levels[i];
      const weighted = w === null ? a : w[from + i] * a;
      ax += weighted * x[from + i];
      aa += weighted * a;
    }
    return aa > 0 && ax > 0 ? ax / aa : d;
  };

  const pack = (bytes: Uint8Array, at: number): void => {
    for (let group = 0; group < 16; group++) bytes[at + 192 + group] = scales[group];
    for (let half = 0; half < 2; half++) {
      const q = (i: number): number => levels[128 * half + i] + 32;
      for (let l = 0; l < 64; l++) bytes[at + 64 * half + l] = (q(l) & 15) | ((q(l + 64) & 15) << 4);
      for (let l = 0; l < 32; l++) {
        bytes[at + 128 + 32 * half + l] =
          (q(l) >>> 4) | ((q(l + 32) >>> 4) << 2) | ((q(l + 64) >>> 4) << 4) | ((q(l + 96) >>> 4) << 6);
      }
    }
  };

  return (values, bytes, importance) => {
    for (let from = 0, at = 0; from < values.length; from += 256, at += 210)
      quantizeBlock(values, from, bytes, at, importance);
  };
}

function level(value: number, inverse: number): number {
  const q = value * inverse + ROUND - ROUND;
  return q < -32 ? -32 : q > 31 ? 31 : q;
}

/** `Σ w·(x − scale·q)²` with the best q of each weight. */
function groupLoss(x: Float32Array, from: number, w: Float32Array | null, scale: number): number {
  const inverse = scale === 0 ? 0 : 1 / scale;
  let sum = 0;
  for (let i = from; i < from + 16; i++) {
    const error = x[i] - scale * level(x[i], inverse);
    sum += (w === null ? 1 : w[i]) * error * error;
  }
  return sum;
}
