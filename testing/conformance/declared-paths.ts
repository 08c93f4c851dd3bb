import type { CoreOp, DType, FusedOp } from "@helium-lm/tensor";
import type { CaseOp } from "@helium-lm/tensor/conformance";
import { conformanceCases } from "@helium-lm/tensor/conformance/cases";
import type { Step, WalkedPath } from "@helium-lm/tensor/conformance/walk-paths";

/** Backends that the table speaks of; `gpujs` in any mode. */
export type Walked = "reference" | "cpu" | "wasm" | "webgpu" | "gpujs";

/** How calls of an op run on each backend. */
export interface DeclaredPaths {
  /** Dtypes and variants that this is about; absent = all that no line above is about. */
  readonly dtypes?: readonly DType[];
  readonly variants?: readonly string[];
  readonly paths: Readonly<Record<Walked, WalkedPath>>;
}

const kernel: Readonly<Record<Walked, WalkedPath>> = {
  reference: "kernel",
  cpu: "kernel",
  wasm: "kernel",
  webgpu: "kernel",
  gpujs: "kernel",
};
/** Kernels everywhere but there. */
const but = (others: Partial<Record<Walked, WalkedPath>>): DeclaredPaths["paths"] => ({ ...kernel, ...others });
const composed = but({
  ...{ reference: "composed", cpu: "composed", wasm: "composed", webgpu: "composed", gpujs: "composed" },
});
/** Ops that wasm and webgpu alone have kernels for. */
const byTwo: DeclaredPaths["paths"] = { ...composed, wasm: "kernel", webgpu: "kernel" };

const f32: readonly DType[] = ["f32"];
const floats: readonly DType[] = ["f32", "f16", "bf16"];
const halves: readonly DType[] = ["f16", "bf16"];
const integers: readonly DType[] = ["i32", "u32", "i8", "u8"];
/** Formats that gpujs keeps as blocks; the others are expanded to floats by a load. */
const packed = ["q8_0", "q4_0"];

/** Kernels for f32 activations; the others by the composition. */
const f32Activations: readonly DeclaredPaths[] = [{ dtypes: f32, paths: kernel }, { paths: composed }];

/** Ops on whole rows in their order: JavaScript everywhere but on webgpu. */
const rows: readonly DeclaredPaths[] = [{ paths: but({ wasm: "host", gpujs: "host" }) }];

/** Products of one input with several matrices, or with more than a product in one. */
const joined: readonly DeclaredPaths[] = [
  { variants: packed, paths: byTwo },
  { paths: { ...byTwo, gpujs: "expanded" } },
];

/**
 * How every op runs, by dtype and variant, on every backend, with contiguous tensors: the table of docs/conformance.md.
 * paths.test.ts dispatches all of it. A line counts for what no line above it is about. A fused op that is not here has no
 * kernel yet: it is composed everywhere.
 */
const declared: { readonly [K in CoreOp]: readonly DeclaredPaths[] } & {
  readonly [K in FusedOp]?: readonly DeclaredPaths[];
} = {
  fill: [{ paths: kernel }],
  arange: [{ paths: but({ wasm: "host", gpujs: "host" }) }],
  copy: [{ dtypes: integers, paths: but({ gpujs: "host" }) }, { paths: kernel }],
  cast: [
    { dtypes: f32, variants: ["f32", "bf16"], paths: kernel },
    { dtypes: ["f16"], variants: ["f32", "f16"], paths: kernel },
    { dtypes: ["bf16"], variants: ["f32", "bf16"], paths: kernel },
    { dtypes: ["bool"], variants: ["bool"], paths: kernel },
    { dtypes: ["i32"], variants: ["i32"], paths: but({ gpujs: "host" }) },
    { dtypes: ["u32"], variants: ["u32"], paths: but({ gpujs: "host" }) },
    { dtypes: ["i8"], variants: ["i8"], paths: but({ gpujs: "host" }) },
    { dtypes: ["u8"], variants: ["u8"], paths: but({ gpujs: "host" }) },
    { dtypes: [...floats, "bool"], variants: [...floats, "bool"], paths: but({ wasm: "host" }) },
    { paths: but({ wasm: "host", gpujs: "host" }) },
  ],
  unary: [
    { dtypes: f32, variants: ["neg", "abs", "sqrt", "rsqrt", "exp", "tanh"], paths: kernel },
    { dtypes: floats, paths: but({ wasm: "host" }) },
    { paths: but({ wasm: "host", gpujs: "host" }) },
  ],
  binary: [
    { dtypes: f32, variants: ["add", "sub", "mul", "div", "max", "min"], paths: kernel },
    { dtypes: floats, paths: but({ wasm: "host" }) },
    { paths: but({ wasm: "host", gpujs: "host" }) },
  ],
  compare: [{ dtypes: integers, paths: but({ wasm: "host", gpujs: "host" }) }, { paths: but({ wasm: "host" }) }],
  where: [{ dtypes: integers, paths: but({ wasm: "host", gpujs: "host" }) }, { paths: but({ wasm: "host" }) }],
  reduce: [
    { dtypes: f32, paths: kernel },
    { dtypes: halves, paths: but({ wasm: "host" }) },
    { paths: but({ wasm: "host", gpujs: "host" }) },
  ],
  matmul: [{ dtypes: f32, paths: kernel }, { paths: but({ wasm: "host" }) }],
  gather: [
    { dtypes: f32, variants: f32, paths: kernel },
    { dtypes: ["f16"], variants: ["f32", "f16"], paths: kernel },
    { dtypes: ["bf16"], variants: ["f32", "bf16"], paths: kernel },
    { dtypes: ["bool"], paths: kernel },
    { dtypes: floats, paths: but({ wasm: "host" }) },
    { paths: but({ gpujs: "host" }) },
  ],
  sliceUpdate: [{ dtypes: integers, paths: but({ gpujs: "host" }) }, { paths: kernel }],
  softmax: f32Activations,
  rmsNorm: f32Activations,
  layerNorm: f32Activations,
  rope: f32Activations,
  gatedActivation: [
    {
      dtypes: f32,
      variants: ["gelu", "gelu_python", "relu6", "leaky_relu", "hardswish", "mish", "linear"],
      paths: but({ wasm: "host" }),
    },
    ...f32Activations,
  ],
  linear: f32Activations,
  attention: [{ variants: ["i8"], paths: byTwo }, ...f32Activations],
  cumsum: rows,
  argsort: rows,
  scatter: rows,
  scatterRows: [
    { dtypes: f32, paths: kernel },
    { dtypes: ["f16"], variants: ["f16"], paths: kernel },
    { dtypes: ["bf16"], variants: ["bf16"], paths: kernel },
    { dtypes: floats, paths: but({ wasm: "host" }) },
    { paths: but({ gpujs: "host" }) },
  ],
  topk: [{ dtypes: f32, paths: byTwo }, { paths: { ...composed, webgpu: "kernel" } }],
  takeFromRows: [{ paths: byTwo }],
  logProbsOf: [{ paths: but({ gpujs: "host" }) }],
  sampleTokens: [{ paths: but({ webgpu: "composed", gpujs: "host" }) }],
  quantMatmul: [
    { dtypes: f32, variants: packed, paths: kernel },
    { dtypes: f32, paths: but({ gpujs: "expanded" }) },
    { variants: packed, paths: composed },
    { paths: { ...composed, gpujs: "expanded" } },
  ],
  quantProjections: joined,
  quantGatedProjection: joined,
  quantResidualProjection: joined,
  gatherQuant: [{ variants: packed, paths: kernel }, { paths: but({ gpujs: "expanded" }) }],
  int8Scales: [{ paths: byTwo }],
  int8Levels: [{ paths: byTwo }],
};

/** The lines about every op. */
export const declaredPaths: { readonly [K in CaseOp]: readonly DeclaredPaths[] } = Object.fromEntries(
  conformanceCases.map(({ op }) => [op, declared[op] ?? [{ paths: composed }]]),
) as { [K in CaseOp]: readonly DeclaredPaths[] };

/** The line about a step. */
export function lineOf({ op, dtype, variant }: Step): DeclaredPaths {
  const line = declaredPaths[op].find(
    ({ dtypes, variants }) => (dtypes?.includes(dtype) ?? true) && (variants?.includes(variant) ?? true),
  );
  if (!line) throw new Error(`declared-paths.ts has no line about ${op} ${dtype} ${variant}`);
  return line;
}
