import type { WebGpuBackendOptions } from "../../src/backends/webgpu/options.ts";

/** A backend with optional features, and what is done to its shaders before they are compiled. */
export interface FeatureTrial {
  readonly name: string;
  readonly options: WebGpuBackendOptions;
  readonly rewrite: (code: string) => string;
}

/** What the backend says when it has tested its features, and how many shaders were not as it wrote them. */
export interface FeatureOutcome {
  readonly name: string;
  readonly features: unknown;
  readonly unusedFeatures: unknown;
  readonly handles: number;
  readonly rewritten: number;
  /** Whether its device has no `shader-f16` of its own. */
  readonly isPlayed: boolean;
}

/** Subgroup sizes of devices: 4 is SwiftShader's own, 128 more than the threads of a workgroup. */
export const sizes = [4, 32, 64, 128] as const;

/** A shader that plays subgroups of a size through shared memory. */
const playing =
  (size: number) =>
  (code: string): string => {
    if (!code.includes("enable subgroups;")) return code;
    return code
      .replace("enable subgroups;", "var<workgroup> played: array<f32, 64>;")
      .replace(/, @builtin\(subgroup_size\).*?u32, @builtin\(subgroup_invocation_id\).*?u32\) \{/, ") {\n$&")
      .replace(/^, @builtin.*$/m, `  let subgroupSize = ${size}u;\n  let subgroupLane = lane % ${size}u;`)
      .replaceAll(/subgroupAdd\((\w+)\)/g, "playedSum($1, lane)").concat(`
fn playedSum(value: f32, lane: u32) -> f32 {
  workgroupBarrier();
  played[lane] = value;
  workgroupBarrier();
  var sum = 0.0;
  let first = lane - lane % ${size}u;
  for (var i = first; i < min(first + ${size}u, 64u); i++) { sum += played[i]; }
  return sum;
}`);
  };

/** A shader that reads halves by a builtin of every WebGPU, on a device without `shader-f16`. */
export const playingF16 = (code: string): string =>
  code.replace("enable f16;", "").replaceAll("bitcast<vec2<f16>>(", "unpack2x16float(");

/** What a device with `shader-f16` is given otherwise. */
const inF16 =
  (from: string, to: string) =>
  (code: string): string =>
    code.includes("enable f16;") ? code.replace(from, to) : code;

const asWritten = (code: string): string => code;

export const featureTrials: readonly FeatureTrial[] = [
  { name: "as they are", options: {}, rewrite: asWritten },
  { name: "none", options: { features: "none", activations: "rounded" }, rewrite: asWritten },
  { name: "rounded activations", options: { activations: "rounded" }, rewrite: asWritten },
  {
    name: "packed bytes without a sign",
    options: { activations: "rounded" },
    rewrite: (code) =>
      code.replaceAll("dot4I8Packed(", "i32(dot4U8Packed(").replaceAll(/(dot4U8Packed\(a, b\.\w\))/g, "$1)"),
  },
  {
    name: "halves without subnormals",
    options: {},
    rewrite: inF16(
      "bitcast<vec2<f16>>(half)",
      "bitcast<vec2<f16>>(select(half, half & 0x8000u, (half & 0x7c00u) == 0u))",
    ),
  },
  {
    name: "pairs of halves the other way round",
    options: {},
    rewrite: inF16("bitcast<vec2<f16>>(word)", "bitcast<vec2<f16>>(word).yx"),
  },
  {
    name: "scales of the block beside",
    options: {},
    rewrite: inF16("(b & 1u) == 1u", "(b & 1u) == 0u"),
  },
  ...sizes.map((size) => ({ name: `subgroups of ${size}`, options: {}, rewrite: playing(size) })),
  {
    name: "subgroups that lose threads",
    options: {},
    rewrite: (code) => code.replaceAll(/subgroupAdd\((\w+)\)/g, "subgroupAdd(select($1, 0.0, lane == 63u))"),
  },
  {
    name: "subgroups that do not compile",
    options: {},
    rewrite: (code) => code.replaceAll("subgroupAdd(", "subgroupSum("),
  },
];
