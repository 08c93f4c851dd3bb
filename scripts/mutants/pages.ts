import { mutantsOf, type Mutant } from "./mutant.ts";

/** Bugs in writing rows into the pages of a pool. */
export const referencePageMutants: readonly Mutant[] = mutantsOf(
  "backends/reference/fused.ts",
  "scatterRows",
  ["a slot's place is its page", "write([Math.floor(at / P), k, at % P", "write([at % pages, k, at % P"],
  ["every row goes where the first goes", "slot([n])", "slot([0])"],
  ["the first slot is never written", "at >= 0 &&", "at > 0 &&"],
  ["the last slot is never written", "at < pages * P", "at < pages * P - 1"],
  ["all heads get the first one's row", "read(index)", "read([n, 0, ...inner])"],
);

export const cpuPageMutants: readonly Mutant[] = mutantsOf(
  "backends/host/kernels/scatter-rows.ts",
  "scatterRows",
  ["a negative slot writes before its page", "if (slot < 0 || slot >= pages * P)", "if (slot >= pages * P)"],
  ["a slot behind the pool is written", "slot < 0 || slot >= pages * P", "slot < 0 || slot > pages * P"],
  ["slots of a view are read as if dense", "n * slots.layout.strides[0]", "n"],
  ["heads of a view are written as if dense", "to + k * headStep", "to + k * P * D"],
  ["the last head is left out", "k < K; k++", "k < K - 1; k++"],
  ["elements of a view are written side by side", "k * headStep, step, source", "k * headStep, 1, source"],
);

export const wasmPageMutants: readonly Mutant[] = [
  ...mutantsOf(
    "backends/wasm/assembly/scatter-rows.ts",
    "scatterRows",
    ["a slot behind the pool is written", "if (slot >= all) continue;", "if (slot > all) continue;"],
    ["all heads get the first one's row", "<usize>row * rowBytes", "<usize>(n * K) * rowBytes"],
    ["pages are places", "<usize>(slot / P) * load<usize>(p, 32)", "<usize>(slot % P) * load<usize>(p, 32)"],
    ["bf16 is rounded as f16", "if (how === 16) roundRow(to, from, D);", "if (how === 16) roundHalves(to, from, D);"],
    [
      "the last elements of a row are left out",
      "for (let d = 0; d < D; d += 4) {\n    const n = D - d;\n    const at = from + (<usize>d << 2);\n    storeHalves",
      "for (let d = 0; d + 4 <= D; d += 4) {\n    const n = D - d;\n    const at = from + (<usize>d << 2);\n    storeHalves",
    ],
    [
      "the last elements of a row of f16 are left out",
      "let top = i32x4.splat(0);\n  for (let d = 0; d < D; d += 4)",
      "let top = i32x4.splat(0);\n  for (let d = 0; d + 4 <= D; d += 4)",
    ],
  ),
  ...mutantsOf(
    "backends/wasm/assembly/lanes.ts",
    "scatterRows",
    ["f16: ties go up", "v128.and(i32x4.shr_u(magnitude, 13), i32x4.splat(1))", "i32x4.splat(1)"],
    [
      "f16: 65,520 is a number",
      "i32x4.splat(0x477fefff)",
      "i32x4.splat(0x477fffff)",
      "65,520 rounds up to the bits of ∞ by itself",
    ],
    [
      "f16: subnormals are cut",
      "f32x4.splat(0.5)), i32x4.splat(0x3f000000)",
      "f32x4.splat(0.25)), i32x4.splat(0x3e800000)",
    ],
    ["f16: the sign is lost", "return v128.or(half, sign);", "return half;"],
    ["bf16: ties go up", "v128.and(i32x4.shr_u(bits, 16), i32x4.splat(1))", "i32x4.splat(1)"],
  ),
];
