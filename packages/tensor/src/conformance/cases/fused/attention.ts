import type { DType } from "../../../dtypes/dtype.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../../errors.ts";
import type { AttentionParams } from "../../../contract/kernels.ts";
import { attention } from "../../../ops/fused/attention/attention.ts";
import { composeAttention } from "../../../ops/fused/attention/composition.ts";
import { expand } from "../../../ops/view.ts";
import type { Tensor } from "../../../tensor.ts";
import {
  attentionCall,
  attentionDraws,
  poisonUnusedSlots,
  sequencesOf,
  type AttentionDraw,
} from "../../draws/attention-arguments.ts";
import { attentionOracle } from "../../formulas/attention-oracle.ts";
import type { Call, ConformanceCase, ValuedCall, Misuse, MisuseTools, Row } from "../../case.ts";
import type { Tolerance } from "../../compare.ts";
import { hostTensor, sliceOf, type TensorValues } from "../../tensor-values.ts";
import type { LayoutDraw } from "../../draws/memory-layout.ts";
import { attentionProperties } from "../../properties/attention.ts";

const contiguous = new Array<LayoutDraw>(5).fill({ kind: "contiguous", seed: 0 });
const plain: AttentionDraw = {
  counts: [1],
  strays: [0, 0],
  K: 1,
  group: 1,
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
  wild: false,
  layouts: contiguous,
  seed: 3,
};

const examples: readonly AttentionDraw[] = [
  plain,
  ...[1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33].flatMap((n) => [
    { ...plain, D: n, Dv: 3, counts: [2], past: 5 },
    { ...plain, D: 3, Dv: n, counts: [2], past: 5 },
    { ...plain, past: n - 1, dense: true },
  ]),
  { ...plain, counts: [17], K: 2, group: 2 },
  { ...plain, counts: [3, 3], past: 70, P: 64, D: 8, Dv: 8 },
  { ...plain, counts: [5, 5], past: 200, P: 128, D: 3, Dv: 5 },
  { ...plain, counts: [4], causal: false, mask: "bool" },
  { ...plain, counts: [4], mask: "float" },
  { ...plain, counts: [4], past: 9, window: 3, softcap: 2 },
  { ...plain, counts: [0] },
  { ...plain, counts: [] },
  // Sequences of every size side by side, tiles that end in the middle of a token, tokens of nobody.
  { ...plain, counts: [1, 7, 0, 2, 1, 13], past: 70, P: 16, D: 8, Dv: 8, K: 2, group: 3 },
  { ...plain, counts: [1, 1, 1, 1, 1, 1, 1, 1, 1], past: 40, P: 16, D: 8, Dv: 8, K: 2, group: 4 },
  { ...plain, counts: [5, 1, 6], strays: [3, 8], past: 9, D: 16, Dv: 16, group: 5, mask: "bool" },
  // More heads of a token than a tile has rows.
  { ...plain, counts: [1, 2], past: 9, D: 8, Dv: 8, K: 2, group: 13 },
  { ...plain, counts: [], strays: [2, 3] },
  ...[1, 2, 3, 4].map((seed): AttentionDraw => ({ ...plain, counts: [2, 3, 1, 1], past: 9, seed, wild: true })),
  { ...plain, counts: [2, 3, 1], past: 9, causal: false, mask: "float", wild: true },
];

/** More scores than fit in one block of rows, in f32 only. */
const large: AttentionDraw = { ...plain, group: 3, counts: [60], D: 1, Dv: 1, past: 3000, dense: true };

/** The mask of some tokens; one for all of them stays. */
const maskFor = (mask: TensorValues, first: number, count: number): TensorValues =>
  mask.shape.length === 3 && mask.shape[0] > 1 ? sliceOf(mask, 0, first, count) : mask;

const i32 = (...values: readonly number[]): TensorValues => hostTensor("i32", [values.length], values);

/** Beside 8-bit pools queries and weights may be 16 bits of their row's largest; an f16 rounding of all that is summed. */
const int8Tolerance: Tolerance = {
  kind: "relative",
  factor: 1,
  terms: 1,
  intermediate: "f16",
  reason: "queries and weights may be rounded to 16 bits",
};

/** Tokens first … first + count − 1 of sequence r alone, as the last of `length` slots. */
const alone = (
  title: string,
  { inputs, params }: ValuedCall<"attention", AttentionParams>,
  {
    r,
    first,
    count,
    length,
  }: { readonly r: number; readonly first: number; readonly count: number; readonly length: number },
): Row<"attention", AttentionParams> => ({
  title,
  call: {
    inputs: {
      ...inputs,
      q: sliceOf(inputs.q, 0, first, count),
      tables: sliceOf(inputs.tables, 0, r),
      queryStarts: i32(0, count),
      lengths: i32(length),
      ...(inputs.mask && { mask: maskFor(inputs.mask, first, count) }),
    },
    params,
  },
  of: (result) => sliceOf(result, 0, first, count),
});

/** Every sequence alone, and every causal token alone, as decoding would compute it: later keys do not exist yet. */
const rowsAlone = (call: ValuedCall<"attention", AttentionParams>): readonly Row<"attention", AttentionParams>[] =>
  sequencesOf(call).flatMap(({ first, end, length }, r) => {
    if (end <= first) return [];
    const rows = [alone(`sequence ${r}`, call, { r, first, count: end - first, length })];
    for (let n = first; call.params.causal && n < end; n++) {
      const own = length - (end - n) + 1;
      if (own > 0) rows.push(alone(`token ${n}`, call, { r, first: n, count: 1, length: own }));
    }
    return rows;
  });

/** Longest sequence of a call, as far as its pages reach. */
const longestOf = ({ inputs: { tables, keys, lengths } }: Call<"attention", AttentionParams>): number => {
  const given = lengths.fill.kind === "values" ? lengths.fill.values : [];
  return Math.max(0, ...given.map((length) => Math.min(length, tables.shape[1] * keys.shape[2])));
};

const misuses = ({ make }: MisuseTools): readonly Misuse[] => {
  const q = (): Tensor => make([2, 4, 3, 8]);
  const pool = (): Tensor => make([2, 2, 5, 8]);
  const scale = 1;
  const tokens = (): Tensor => make([3, 4, 8]);
  const i32s = (...shape: number[]): Tensor => make(shape, "i32");
  const ragged = () => ({ scale, tables: i32s(2, 1), queryStarts: i32s(3), lengths: i32s(2) });
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
      title: "q of another rank",
      run: () => attention(make([4, 8]), pool(), pool(), { scale }),
      error: ShapeError,
      mentions: ["attention", "q is [4, 8]", "[N, H, D]", "[B, H, T, D]"],
    },
    {
      title: "tokens without their sequences",
      run: () => attention(tokens(), pool(), pool(), { scale }),
      error: ArgumentError,
      mentions: ["attention", "tables", "queryStarts", "lengths"],
    },
    {
      title: "sequences for a rectangle",
      run: () => attention(q(), pool(), pool(), ragged()),
      error: ArgumentError,
      mentions: ["attention", "queryStarts", "[B, H, T, D]"],
    },
    {
      title: "starts of other sequences",
      run: () => attention(tokens(), pool(), pool(), { ...ragged(), queryStarts: i32s(2) }),
      error: ShapeError,
      mentions: ["attention", "queryStarts is [2]", "[3]"],
    },
    {
      title: "lengths of other sequences",
      run: () => attention(tokens(), pool(), pool(), { ...ragged(), lengths: i32s(3) }),
      error: ShapeError,
      mentions: ["attention", "lengths is [3]", "[2]"],
    },
    {
      title: "lengths in floats",
      run: () => attention(tokens(), pool(), pool(), { ...ragged(), lengths: make([2], "f32") }),
      error: DTypeError,
      mentions: ["attention", "lengths is f32", "i32"],
    },
    {
      title: "mask of other tokens",
      run: () => attention(tokens(), pool(), pool(), { ...ragged(), mask: make([2, 1, 5], "bool") }),
      error: ShapeError,
      mentions: ["attention", "mask [2, 1, 5]", "[N, H, S]", "[3, 4, 5]"],
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
export const attentionCase: ConformanceCase<"attention", AttentionParams> = {
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
  run: (_, { q, keys, values, ...operands }, params) => attention(q, keys, values, { ...params, ...operands }),
  compose: ({ mask, ...inputs }, params) => {
    const [N, H] = inputs.q.shape as [number, number];
    const last = mask?.shape.at(-1) ?? 1;
    const S = last === 1 ? inputs.tables.shape[1] * inputs.keys.shape[2] : last;
    return composeAttention(mask ? { ...inputs, mask: expand(mask, [N, H, S]) } : inputs, params);
  },
  oracle: attentionOracle,
  tolerance: ({ dtype, variant }, call) =>
    variant === "i8"
      ? int8Tolerance
      : {
          kind: "relative",
          factor: 3,
          terms: dtype === "f32" ? Math.max(call.inputs.q.shape[2], longestOf(call)) : 1,
          intermediate: dtype,
          reason: "scores, weights and mix each rounded into the dtype",
        },
  sprinkled: ["q"],
  sprinkledFollow: (value) => Number.isNaN(value) || Math.abs(value) <= 2,
  rows: rowsAlone,
  misuses,
  properties: attentionProperties,
};
