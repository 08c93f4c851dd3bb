import type { QuantFormatName } from "../../../contract/operand.ts";
import { dtypes, type DType } from "../../../dtypes/dtype.ts";
import { quantFormats } from "../../../quant/formats/index.ts";
import type { KernelContext } from "../kernel-context.ts";
import type { KernelName } from "../kernel-names.ts";
import { f32At, floats, near, whole } from "./self-test-values.ts";
import { panelCount, panelFormats, recordBytes, RECORD_WEIGHTS } from "../quant-layout.ts";

/** x [M, K] and w [N, K] of small integers: the sums are exact in any order. */
export function productIsRight(
  context: KernelContext,
  kernel: KernelName,
  dtype: DType,
  M: number,
  N: number,
  K: number,
): boolean {
  const { bytes, encode, view } = dtypes[dtype];
  const x = floats(context, M * K, (i) => whole(i, 8));
  const w = context.temporary(bytes * N * K);
  const out = context.temporary(4 * M * N);
  const stored = view(context.arena.memory.buffer, w, N * K);
  for (let i = 0; i < N * K; i++) stored[i] = encode(whole(i + 77, 8));
  context.words(0, x, 4 * K, w, bytes * K, out, 4 * N, 0, M, N, K, context.wideCode);
  context.run(kernel, kernel.startsWith("linearRows") ? Math.ceil(N / 8) : 1, 1);
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < N; n++) {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += whole(m * K + k, 8) * whole(n * K + k + 77, 8);
      if (f32At(context, out, m * N + n) !== sum) return false;
    }
  }
  return true;
}

/** As `productIsRight` for b [K, N]. */
export function columnProductIsRight(context: KernelContext, M: number, N: number, K: number): boolean {
  const a = floats(context, M * K, (i) => whole(i, 8));
  const b = floats(context, K * N, (i) => whole(i + 77, 8));
  const out = context.temporary(4 * M * N);
  context.words(0, a, 4 * K, b, 4 * N, out, 4 * N, M, N, K, 8, 8, 0);
  context.run("matmulF32", Math.ceil(M / 8) * Math.ceil(N / 8), 1);
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < N; n++) {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += whole(m * K + k, 8) * whole(k * N + n + 77, 8);
      if (f32At(context, out, m * N + n) !== sum) return false;
    }
  }
  return true;
}

/** Rows of blocks with arbitrary bits; every f16 field is 1.5, which keeps sums of small integers exact. */
function arbitraryBlocks(format: QuantFormatName, count: number): Uint8Array {
  const { blockBytes, halves } = quantFormats[format];
  const bytes = Uint8Array.from({ length: count * blockBytes }, (_, i) => whole(i, 127));
  for (let block = 0; block < count; block++) for (const at of halves) bytes.set([0x00, 0x3e], block * blockBytes + at);
  return bytes;
}

/** Eleven weight rows × eleven tokens (two groups of 4, one of 2 and 1), panel by panel and two at a time, beside the definition. */
export function quantProductIsRight(context: KernelContext, format: QuantFormatName): boolean {
  const layout = panelFormats[format];
  const [M, N, K] = [11, 11, 512];
  const { blockSize, blockBytes, dequantizeRow } = quantFormats[format];
  const fileBlocks = K / blockSize;
  const panels = panelCount(N);
  const size = fileBlocks * layout.blockBytes;
  const record = recordBytes[layout.activation];
  const blocks = K / RECORD_WEIGHTS;
  // The largest magnitude of each 32 makes the scale 1, so the levels are the values.
  const top = layout.activation === 8 ? 127 : 32767;
  const value = (i: number): number => (i % 32 === 3 ? top : whole(i, 99));
  const x = floats(context, M * K, value);
  const rows = arbitraryBlocks(format, N * fileBlocks);
  const weights = new Float32Array(N * K);
  dequantizeRow(rows, weights);
  const [file, w, packed] = [rows.length, panels * size, M * blocks * record].map((bytes) => context.temporary(bytes));
  context.arena.u8.set(rows, file);
  context.words(0, w, file, size, fileBlocks * blockBytes, N, fileBlocks, layout.code);
  context.run("packPanels", panels, 1);
  context.words(0, packed, x, 4 * K, M, blocks, 0);
  context.run(layout.activation === 8 ? "quantize8" : "quantize16", M, M);
  const outs = [0, 1].map((twins) => {
    const out = context.temporary(4 * M * N);
    context.words(0, packed, out, 4 * N, 0, 0, M, blocks, record, 0, twins);
    context.words(16, w, size, panels, N, 0, layout.code, 0, 0);
    context.run("quantMatmul", panels, panels);
    return out;
  });
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < N; n++) {
      let [sum, magnitude] = [0, 0];
      for (let k = 0; k < K; k++) {
        const term = value(m * K + k) * weights[n * K + k];
        sum += term;
        magnitude += Math.abs(term);
      }
      for (const out of outs) if (!near(f32At(context, out, m * N + n), sum, 1e-6 * magnitude)) return false;
    }
  }
  return true;
}

/** A row of 37 through a kernel of rows or elements. */
export function rowsAreRight(context: KernelContext, kernel: "softmax" | "rmsNorm" | "gatedActivation"): boolean {
  const C = 37;
  const a = (i: number): number => whole(i, 40) / 8;
  const b = (i: number): number => whole(i + 9, 20) / 4;
  const [x, y] = [floats(context, C, a), floats(context, C, b)];
  const out = context.temporary(4 * C);
  const values = Array.from({ length: C }, (_, i) => a(i));
  const total = values.reduce((sum, value) => sum + Math.exp(value), 0);
  const scale = 1 / Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / C + 1);
  const formulas = {
    softmax: (i: number) => Math.exp(a(i)) / total,
    rmsNorm: (i: number) => a(i) * scale * b(i),
    gatedActivation: (i: number) => (a(i) / (1 + Math.exp(-a(i)))) * b(i),
  };
  // Elements: length and code 0 (silu); rows: weight, C, eps 1 and nothing added to the weight.
  if (kernel === "gatedActivation") context.words(0, out, x, y, C, 0);
  else context.words(0, out, x, y, 0, C);
  if (kernel === "rmsNorm") {
    context.float(5, 1);
    context.float(6, 0);
  }
  context.run(kernel, 1, 1);
  return values.every((_, i) => {
    const want = formulas[kernel](i);
    return near(f32At(context, out, i), want, 2e-6 * Math.abs(want));
  });
}
