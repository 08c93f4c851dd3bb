import type { Executor } from "./executor.ts";
import type { Arena } from "./arena.ts";
import { Device } from "./device.ts";
import { panelFormats, recordBytes } from "./quant-layout.ts";
import type { Build } from "./module.ts";

/**
 * What a build must get right before it is used: engines have miscompiled SIMD (V8 11.3's baseline tier gives wrong lanes
 * for one relaxed dot product), and the kernels below hold every instruction that a build is chosen for.
 *
 * @returns the name of the first kernel that is wrong, or null
 */
export function selfTest(arena: Arena, executor: Executor, build: Build): string | null {
  const device = new Device(arena, executor, build);
  let failed: string | null = null;
  device.scoped(() => {
    for (const [name, passes] of Object.entries(checks)) failed ??= passes(device) ? null : name;
  });
  return failed;
}

type Check = (device: Device) => boolean;

/** Small whole numbers with signs, the same in every run. */
const whole = (i: number, range: number): number => (((i * 2654435761) >>> 7) % (2 * range + 1)) - range;

/** x [M, K] and w [N, K] of small integers: the sums are exact in any order. */
function exactProduct(
  device: Device,
  kernel: "linearRowsF32" | "linearTilesF32",
  M: number,
  N: number,
  K: number,
): boolean {
  const [x, w, out] = [M * K, N * K, M * N].map((length) => device.temporary(4 * length));
  const { f32 } = device.arena;
  for (let i = 0; i < M * K; i++) f32[x / 4 + i] = whole(i, 8);
  for (let i = 0; i < N * K; i++) f32[w / 4 + i] = whole(i + 77, 8);
  device.words(0, x, 4 * K, w, 4 * K, out, 4 * N, 0, M, N, K);
  device.run(kernel, kernel === "linearRowsF32" ? Math.ceil(N / 8) : 1, 1);
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < N; n++) {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += whole(m * K + k, 8) * whole(n * K + k + 77, 8);
      if (f32[out / 4 + m * N + n] !== sum) return false;
    }
  }
  return true;
}

/** One panel of weights whose bits are arbitrary but for scales of 1, times one and four tokens of whole numbers. */
function exactQuantProduct(device: Device, format: "q4_0" | "q8_0", M: number): boolean {
  const layout = panelFormats[format];
  if (!layout) return false;
  const { code, blockBytes, activation } = layout;
  const [K, blocks] = [64, 2];
  const record = recordBytes[activation];
  const level = format === "q4_0" ? 7 : 127;
  const [x, packed, w, file, out] = [4 * M * K, M * blocks * record, blocks * blockBytes, 8 * 2 * 34, 4 * 8 * M].map(
    (bytes) => device.temporary(bytes),
  );
  const { f32, u8 } = device.arena;
  // The largest magnitude of each 32 makes the scale exactly 1, so the levels are the values.
  const top = activation === 8 ? 127 : 32767;
  const value = (m: number, k: number): number => (k % 32 === m ? top : whole(m * K + k, 99));
  for (let m = 0; m < M; m++) for (let k = 0; k < K; k++) f32[x / 4 + m * K + k] = value(m, k);
  const weight = (n: number, k: number): number => whole(n * K + k + 5, level);
  const size = format === "q4_0" ? 18 : 34;
  for (let n = 0; n < 8; n++) {
    for (let block = 0; block < blocks; block++) {
      const at = file + (n * blocks + block) * size;
      // 1.0 in f16
      u8[at] = 0;
      u8[at + 1] = 0x3c;
      for (let j = 0; j < size - 2; j++) {
        const k = 32 * block + j;
        u8[at + 2 + j] = format === "q8_0" ? weight(n, k) : (weight(n, k) + 8) | ((weight(n, k + 16) + 8) << 4);
      }
    }
  }
  device.words(0, w, file, blocks * blockBytes, blocks * size, 8, blocks, code);
  device.run("packPanels", 1, 1);
  device.words(0, packed, x, 4 * K, M, blocks);
  device.run(activation === 8 ? "quantize8" : "quantize16", M, M);
  device.words(0, packed, w, blocks * blockBytes, out, 32, 0, M, 8, blocks, code, record, 0);
  device.run("quantMatmul", 1, 1);
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < 8; n++) {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += value(m, k) * weight(n, k);
      if (Math.abs(f32[out / 4 + m * 8 + n] - sum) > 1e-6 * Math.abs(sum) + 1e-3) return false;
    }
  }
  return true;
}

/** Σ softmax = 1 and e^x agrees with the engine's own. */
function softmaxRow(device: Device): boolean {
  const C = 37;
  const [x, out] = [device.temporary(4 * C), device.temporary(4 * C)];
  const { f32 } = device.arena;
  for (let i = 0; i < C; i++) f32[x / 4 + i] = whole(i, 40) / 8;
  device.words(0, out, x, 0, 0, C);
  device.run("softmax", 1, 1);
  let total = 0;
  for (let i = 0; i < C; i++) total += Math.exp(whole(i, 40) / 8);
  for (let i = 0; i < C; i++) {
    const expected = Math.exp(whole(i, 40) / 8) / total;
    if (!(Math.abs(f32[out / 4 + i] - expected) <= 2e-6 * expected)) return false;
  }
  return true;
}

const checks: Readonly<Record<string, Check>> = {
  linearRowsF32: (device) => exactProduct(device, "linearRowsF32", 2, 11, 37),
  linearTilesF32: (device) => exactProduct(device, "linearTilesF32", 13, 7, 41),
  softmax: softmaxRow,
  q4_0x1: (device) => exactQuantProduct(device, "q4_0", 1),
  q4_0x4: (device) => exactQuantProduct(device, "q4_0", 7),
  q8_0x1: (device) => exactQuantProduct(device, "q8_0", 1),
  q8_0x4: (device) => exactQuantProduct(device, "q8_0", 7),
};
