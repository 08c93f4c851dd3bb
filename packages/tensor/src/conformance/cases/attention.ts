import type { DType } from "../../dtype.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../errors.ts";
import { attention, composeAttention } from "../../ops/fused/attention.ts";
import { expand } from "../../ops/view.ts";
import type { Tensor } from "../../tensor.ts";
import {
  attentionCall,
  attentionDraws,
  poisonUnusedSlots,
  type AttentionCall,
  type AttentionDraw,
} from "../attention-arguments.ts";
import { attentionOracle } from "../attention-oracle.ts";
import type { ConformanceCase, HostCall, Misuse, MisuseTools, Row } from "../case.ts";
import type { Tolerance } from "../compare.ts";
import { sliceOf, type HostTensor } from "../host-tensor.ts";
import type { LayoutDraw } from "../memory-layout.ts";
import { attentionProperties } from "../properties/attention.ts";

const contiguous = new Array<LayoutDraw>(5).fill({ kind: "contiguous", seed: 0 });
const plain: AttentionDraw = {
  B: 1,
  K: 1,
  group: 1,
  T: 1,
  D: 4,
  Dv: 4,
  P: 4,
  past: 0,
  causal: true,
  window: null,
  softcap: null,
  mask: "none",
  maskCut: 0,
  dense: false,
  layouts: contiguous,
  seed: 3,
};

const examples: readonly AttentionDraw[] = [
  plain,
  ...[1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33].flatMap((n) => [
    { ...plain, D: n, Dv: 3, T: 2, past: 5 },
    { ...plain, D: 3, Dv: n, T: 2, past: 5 },
    { ...plain, T: 1, past: n - 1, dense: true },
  ]),
  { ...plain, T: 17, K: 2, group: 2 },
  { ...plain, B: 2, T: 3, past: 70, P: 64, D: 8, Dv: 8 },
  { ...plain, B: 2, T: 5, past: 200, P: 128, D: 3, Dv: 5 },
  { ...plain, T: 4, causal: false, mask: "bool" },
  { ...plain, T: 4, mask: "float" },
  { ...plain, T: 4, past: 9, window: 3, softcap: 2 },
  { ...plain, T: 0 },
  { ...plain, B: 0 },
];

/** More scores than fit in one block of rows, in f32 only. */
const large: AttentionDraw = { ...plain, group: 3, T: 60, D: 1, Dv: 1, past: 3000, dense: true };

/** Mask with its last axis cut to the keys in use, and one entry of another axis if it has that axis. */
const maskFor = (mask: HostTensor, S: number, axis: number, i: number): HostTensor => {
  const own = axis - 4 + mask.shape.length;
  const one = own >= 0 && mask.shape[own] > 1 ? sliceOf(mask, own, i) : mask;
  const last = one.shape.length - 1;
  return one.shape[last] === 1 ? one : sliceOf(one, last, 0, S);
};

const withMask = (inputs: HostCall<"attention", AttentionCall>["inputs"], mask: HostTensor | undefined) =>
  mask ? { ...inputs, mask } : inputs;

/** Beside 8-bit pools queries and weights may be 16 bits of their row's largest; an f16 rounding of all that is summed. */
const int8Tolerance: Tolerance = {
  kind: "relative",
  factor: 1,
  terms: 1,
  intermediate: "f16",
  reason: "queries and weights may be rounded to 16 bits",
};

/** One batch row alone. */
const batchRow = (
  { inputs, params }: HostCall<"attention", AttentionCall>,
  b: number,
): Row<"attention", AttentionCall> => {
  const lengths = [params.lengths[b]];
  const mask = inputs.mask && maskFor(inputs.mask, lengths[0], 0, b);
  return {
    title: `batch row ${b}`,
    call: {
      inputs: withMask({ ...inputs, q: sliceOf(inputs.q, 0, b), tables: sliceOf(inputs.tables, 0, b) }, mask),
      params: { ...params, lengths, dense: false },
    },
    of: (result) => sliceOf(result, 0, b),
  };
};

/** One query alone, as decoding would compute it: later keys do not exist yet. */
const query = (
  { inputs, params }: HostCall<"attention", AttentionCall>,
  t: number,
): Row<"attention", AttentionCall> => {
  const T = inputs.q.shape[2];
  const lengths = params.lengths.map((length) => length - (T - 1 - t));
  const mask = inputs.mask && maskFor(inputs.mask, Math.max(0, ...lengths), 2, t);
  return {
    title: `query ${t}`,
    call: {
      inputs: withMask({ ...inputs, q: sliceOf(inputs.q, 2, t) }, mask),
      params: { ...params, lengths, dense: false },
    },
    of: (result) => sliceOf(result, 2, t),
  };
};

const misuses = ({ make }: MisuseTools): readonly Misuse[] => {
  const q = (): Tensor => make([2, 4, 3, 8]);
  const pool = (): Tensor => make([2, 2, 5, 8]);
  const scale = 1;
  return [
    {
      title: "head width",
      run: () => attention(q(), make([2, 2, 5, 7]), pool(), { scale }),
      error: ShapeError,
      mentions: ["attention", "keys", "[2, 2, 5, 7]", "[2, 2, 5, 8]"],
    },
    {
      title: "kv heads",
      run: () => attention(q(), make([2, 3, 5, 8]), make([2, 3, 5, 8]), { scale }),
      error: ShapeError,
      mentions: ["attention", "4 query heads", "3 kv heads"],
    },
    {
      title: "pools differ",
      run: () => attention(q(), pool(), make([2, 2, 4, 8]), { scale }),
      error: ShapeError,
      mentions: ["attention", "values", "[2, 2, 4, 8]"],
    },
    {
      title: "pages without tables",
      run: () => attention(q(), make([3, 2, 5, 8]), make([3, 2, 5, 8]), { scale }),
      error: ShapeError,
      mentions: ["attention", "3 pages", "2 rows"],
    },
    {
      title: "mask",
      run: () => attention(q(), pool(), pool(), { scale, mask: make([3, 4], "bool") }),
      error: ShapeError,
      mentions: ["attention", "mask [3, 4]", "[2, 4, 3, 5]"],
    },
    {
      title: "lengths below T",
      run: () => attention(q(), pool(), pool(), { scale, lengths: [2, 5] }),
      error: ShapeError,
      mentions: ["attention", "lengths [2, 5]", "T = 3"],
    },
    {
      title: "table dtype",
      run: () => attention(q(), pool(), pool(), { scale, tables: make([2, 1], "f32") }),
      error: DTypeError,
      mentions: ["attention", "tables", "f32", "i32"],
    },
    {
      title: "levels without scales of both",
      run: () =>
        attention(q(), make([2, 2, 5, 8], "i8"), make([2, 2, 5, 8], "i8"), { scale, keyScales: make([2, 2, 5]) }),
      error: DTypeError,
      mentions: ["attention", "i8, i8, f32, missing", "quantizeInt8"],
    },
    {
      title: "scales of other pages",
      run: () =>
        attention(q(), make([2, 2, 5, 8], "i8"), make([2, 2, 5, 8], "i8"), {
          scale,
          keyScales: make([2, 2, 4]),
          valueScales: make([2, 2, 5]),
        }),
      error: ShapeError,
      mentions: ["attention", "keyScales", "[2, 2, 4]", "[2, 2, 5]"],
    },
    {
      title: "window 0",
      run: () => attention(q(), pool(), pool(), { scale, window: 0 }),
      error: ArgumentError,
      mentions: ["attention", "window is 0"],
    },
    {
      title: "NaN scale",
      run: () => attention(q(), pool(), pool(), { scale: NaN }),
      error: ArgumentError,
      mentions: ["attention", "scale is NaN"],
    },
    {
      title: "ints",
      run: () => attention(make([2, 4, 3, 8], "i32"), pool(), pool(), { scale }),
      error: DTypeError,
      mentions: ["attention", "q", "i32"],
    },
  ];
};

/** Grouped-query attention over pages; the variant is the dtype of keys and values, i8 with scales */
export const attentionCase: ConformanceCase<"attention", AttentionCall> = {
  op: "attention",
  dtypes: ["f32", "f16", "bf16"],
  variants: (dtype: DType) => (dtype === "f32" ? ["same", "f16", "bf16", "i8"] : ["same"]),
  elementwise: false,
  calls: (kind) => attentionDraws.map((draw) => attentionCall(draw, kind)),
  examples: (kind) =>
    [...examples, ...(kind.dtype === "f32" && kind.variant === "same" ? [large] : [])].map((draw) =>
      attentionCall(draw, kind),
    ),
  finish: poisonUnusedSlots,
  run: (_, { q, keys, values, tables, mask, keyScales, valueScales }, { dense, lengths, ...params }) => {
    const options = { ...params, ...(dense ? {} : { tables, lengths }), ...(mask ? { mask } : {}) };
    return attention(q, keys, values, keyScales && valueScales ? { ...options, keyScales, valueScales } : options);
  },
  compose: ({ q, keys, values, tables, mask, keyScales, valueScales }, { lengths, scale, causal, window, softcap }) => {
    const shape = [...q.shape.slice(0, 3), Math.max(0, ...lengths)];
    const floats = { q, keys, values, tables };
    const inputs = keyScales && valueScales ? { ...floats, keyScales, valueScales } : floats;
    const params = { lengths, scale, causal, window, softcap };
    return composeAttention(mask ? { ...inputs, mask: expand(mask, shape) } : inputs, params).output;
  },
  oracle: attentionOracle,
  tolerance: ({ dtype, variant }, { inputs: { q }, params: { lengths } }) =>
    variant === "i8"
      ? int8Tolerance
      : {
          kind: "relative",
          factor: 3,
          terms: dtype === "f32" ? Math.max(q.shape[3], ...lengths) : 1,
          intermediate: dtype,
          reason: "scores, weights and mix each rounded into the dtype",
        },
  sprinkled: ["q"],
  sprinkledFollow: (value) => Number.isNaN(value) || Math.abs(value) <= 2,
  rows: (call) => [
    ...Array.from({ length: call.inputs.q.shape[0] }, (_, b) => batchRow(call, b)),
    ...Array.from({ length: call.params.causal ? call.inputs.q.shape[2] : 0 }, (_, t) => query(call, t)),
  ],
  misuses,
  properties: attentionProperties,
  perf: (["same", "bf16", "i8"] as const).flatMap((variant) =>
    [1, 512].map((T) => ({
      title: `${T} queries, 20 heads of 128, 2048 keys in ${variant === "same" ? "f32" : variant}`,
      kind: { dtype: "f32", variant, values: "reals" } as const,
      call: attentionCall(
        { ...plain, K: 20, T, D: 128, Dv: 128, P: 64, past: 2048 - T, seed: 0 },
        { dtype: "f32", variant, values: "reals" },
      ),
      work:
        T === 1
          ? { bytes: 2 * { same: 4, bf16: 2, i8: 1 }[variant] * 20 * 128 * 2048 }
          : { flops: 4 * T * 20 * 128 * 2048 },
    })),
  ),
};
