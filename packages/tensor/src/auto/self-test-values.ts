/** Whole numbers with signs up to `range`, the same in every run. */
export const wholes = (seed: number, length: number, range: number): number[] =>
  Array.from({ length }, (_, i) => ((((i + 1) * seed * 2654435761) >>> 7) % (2 * range + 1)) - range);

/** x [M, K] · weight [N, K]ᵀ, in 64-bit floats. */
export function productOf(x: readonly number[], weight: readonly number[], K: number): number[] {
  const [M, N] = [x.length / K, weight.length / K];
  return Array.from({ length: M * N }, (_, i) => {
    const [row, column] = [Math.floor(i / N) * K, (i % N) * K];
    let sum = 0;
    for (let k = 0; k < K; k++) sum += x[row + k] * weight[column + k];
    return sum;
  });
}

/** Blocks of q8_0, of a scale of 1/32 (f16 0x2800), and the weights that they are. `levels`: a multiple of 32. */
export function blocksOfQ8(levels: readonly number[]): { readonly bytes: Uint8Array; readonly weights: number[] } {
  const bytes = new Uint8Array((levels.length / 32) * 34);
  for (let block = 0; block < levels.length / 32; block++) {
    bytes.set([0x00, 0x28], block * 34);
    for (let i = 0; i < 32; i++) bytes[block * 34 + 2 + i] = levels[block * 32 + i];
  }
  return { bytes, weights: levels.map((level) => level / 32) };
}

/** Blocks of q4_0, of a scale of 1/4 (f16 0x3400): byte i holds weight i and, above it, weight i + 16. Levels −8 … 7. */
export function blocksOfQ4(levels: readonly number[]): { readonly bytes: Uint8Array; readonly weights: number[] } {
  const bytes = new Uint8Array((levels.length / 32) * 18);
  for (let block = 0; block < levels.length / 32; block++) {
    bytes.set([0x00, 0x34], block * 18);
    for (let i = 0; i < 16; i++)
      bytes[block * 18 + 2 + i] = (levels[block * 32 + i] + 8) | ((levels[block * 32 + i + 16] + 8) << 4);
  }
  return { bytes, weights: levels.map((level) => level / 4) };
}

/**
 * Causal attention of heads [H, T, D] over [H, S, D], in 64-bit floats; the last query sees all keys. Given and returned head
 * by head.
 */
export function attended(
  q: readonly number[],
  k: readonly number[],
  v: readonly number[],
  { H, T, S, D }: Readonly<Record<"H" | "T" | "S" | "D", number>>,
): number[] {
  const out: number[] = [];
  for (let h = 0; h < H; h++)
    for (let t = 0; t < T; t++) {
      const keys = Array.from({ length: S - T + t + 1 }, (_, s) => (h * S + s) * D);
      const query = (h * T + t) * D;
      const scores = keys.map((at) => dot(q, query, k, at, D) / Math.sqrt(D));
      const most = Math.max(...scores);
      const weights = scores.map((score) => Math.exp(score - most));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      for (let d = 0; d < D; d++) out.push(keys.reduce((sum, at, s) => sum + (weights[s] / total) * v[at + d], 0));
    }
  return out;
}

function dot(a: readonly number[], atA: number, b: readonly number[], atB: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[atA + i] * b[atB + i];
  return sum;
}
