import { dtypeNames, isFloat, type DType } from "../../dtypes/dtype.ts";
import { tableOf, type Accepts, type KernelEntries } from "../../contract/kernel-table.ts";
import type { CoreKernels, CoreOp, OpName } from "../../contract/kernels.ts";
import { quantFormatNames } from "../../quant/formats/index.ts";

/** What each op's kernel takes, by op. */
export type AcceptsBy<Ops extends OpName> = { readonly [K in Ops]: readonly Accepts<K>[] };

const all = dtypeNames;
export const floats: readonly DType[] = dtypeNames.filter(isFloat);
export const f32: readonly DType[] = ["f32"];
const i32: readonly DType[] = ["i32"];
const bool: readonly DType[] = ["bool"];

/** One alternative per dtype: all of a call's tensors have the same. */
export const eachAlone = <T>(dtypes: readonly DType[], accepts: (one: readonly DType[]) => T): readonly T[] =>
  dtypes.map((dtype) => accepts([dtype]));

/** Core kernels that take every dtype the op does. */
export const anyDType: AcceptsBy<CoreOp> = {
  fill: [{ out: all }],
  arange: [{ out: all }],
  copy: [{ out: all, x: all }],
  cast: [{ out: all, x: all }],
  unary: [{ out: all, x: all }],
  binary: [{ out: all, a: all, b: all }],
  compare: [{ out: bool, a: all, b: all }],
  where: [{ out: all, condition: bool, a: all, b: all }],
  reduce: [{ out: all, x: all }],
  matmul: [{ out: floats, a: floats, b: floats }],
  gather: [{ out: all, table: all, indices: i32 }],
  // From a float to an integer a cast saturates, which a mere store does not.
  sliceUpdate: [{ out: floats, source: floats }, ...eachAlone(all, (one) => ({ out: one, source: one }))],
};

/** Fused kernels that compute in f32 or wider, beside weights of any float dtype; the others are composed. */
export const f32Activations: AcceptsBy<
  "softmax" | "rmsNorm" | "layerNorm" | "rope" | "gatedActivation" | "linear" | "attention"
> = {
  softmax: [{ out: f32, x: f32 }],
  rmsNorm: [{ out: f32, x: f32, weight: floats }],
  layerNorm: [{ out: f32, x: f32, weight: floats, bias: floats }],
  rope: [{ out: f32, x: f32, cos: f32, sin: f32, positions: i32 }],
  gatedActivation: [{ out: f32, gate: f32, up: f32 }],
  linear: [{ out: f32, x: f32, weight: floats, bias: floats }],
  attention: [
    {
      ...{ out: f32, q: f32, keys: floats, values: floats, mask: [...floats, ...bool] },
      ...{ tables: i32, queryStarts: i32, lengths: i32 },
    },
  ],
};

/** Row kernels that take every dtype the op does. */
export const anyRow: AcceptsBy<"cumsum" | "argsort" | "scatter"> = {
  cumsum: eachAlone(all, (one) => ({ out: one, x: one })),
  argsort: [{ out: i32, x: all }],
  scatter: eachAlone(all, (one) => ({ out: one, x: one, indices: i32, source: one })),
};

/** Kernels on pages that take every dtype the op does; floats are rounded into those of the pool. */
export const anyPages: AcceptsBy<"scatterRows"> = {
  scatterRows: [
    { out: floats, rows: floats, slots: i32 },
    ...eachAlone(all, (one) => ({ out: one, rows: one, slots: i32 })),
  ],
};

/** Kernels on f32 logits. */
export const f32Logits: AcceptsBy<"logProbsOf" | "sampleTokens"> = {
  logProbsOf: [{ out: f32, logits: f32, targets: i32 }],
  sampleTokens: [{ out: i32, logits: f32, temperature: f32, topK: i32, topP: f32, uniform: f32 }],
};

/** Quant kernels that compute in f32 or wider and read every block format. */
export const anyFormat: AcceptsBy<"quantMatmul" | "gatherQuant"> = {
  quantMatmul: [{ out: f32, x: f32, weight: quantFormatNames, bias: floats }],
  gatherQuant: [{ out: f32, table: quantFormatNames, indices: i32 }],
};

/** A table of core kernels that take every dtype. */
export const takingEveryDType = (kernels: CoreKernels): KernelEntries<CoreOp> => tableOf(kernels, anyDType);
