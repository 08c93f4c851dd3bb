import type { Operand } from "../../../contract/operand.ts";
import { dtypes, type DType } from "../../../dtypes/dtype.ts";
import type { Condition } from "../../../contract/kernel-table.ts";
import type { FusedKernels } from "../../../contract/kernels.ts";
import { contiguousStrides } from "../../../layout.ts";
import type { KernelContext } from "../kernel-context.ts";
import type { KernelName } from "../kernel-names.ts";
import { wasmStorage } from "../memory/storage.ts";

const kernels: { readonly [K in DType]?: KernelName } = {
  f32: "attentionF32",
  bf16: "attentionBf16",
  f16: "attentionF16",
  i8: "attentionInt8",
};

/** Scratch of a thread holds the queries and sums of six rows up to this head size. */
const MAX_HEAD = 2048;

export const hasUsualHeads: Condition<"attention"> = {
  says: `heads of at most ${MAX_HEAD}`,
  holds: ({ q, values }) => q.layout.shape[2] <= MAX_HEAD && values.layout.shape[3] <= MAX_HEAD,
};

/**
 * Tiles of `height` rows for each kv head that R sequences with N tokens of `group` rows need at most, whatever tokens are
 * whose: a sequence's last tile may have room, and so may those of the tokens before and after all sequences.
 */
const tilesFor = (N: number, group: number, R: number, height: number): number =>
  Math.min(N * Math.ceil(group / height), Math.floor((N * group + Math.min(N, R + 2) * (height - 1)) / height));

/** Units for each thread from which there is work for all of them to the end. */
const UNITS_PER_THREAD = 4;

/**
 * A unit reads a key once for all its rows. Where there would be few units, as while one text is continued, a unit of each
 * row leaves work for all threads.
 */
const rowsOfUnit = (
  { attentionRows, threads }: KernelContext,
  N: number,
  K: number,
  group: number,
  R: number,
): number =>
  threads > 1 && (N / Math.max(1, R)) * group < attentionRows && R * K < UNITS_PER_THREAD * threads ? 1 : attentionRows;

export const createAttention =
  (context: KernelContext): FusedKernels["attention"] =>
  (out, inputs, params) => {
    const { q, tables, mask } = inputs;
    const [N, H, D] = q.layout.shape as [number, number, number];
    const [pages, K, P] = inputs.keys.layout.shape as [number, number, number];
    const [R, width] = tables.layout.shape as [number, number];
    const Dv = inputs.values.layout.shape[3];
    const kernel = kernels[inputs.keys.dtype] as KernelName;
    const slots = pages === 0 ? 0 : width * P;
    context.scoped(() => {
      const query = rows(context, q);
      const keys = rows(context, inputs.keys);
      const values = rows(context, inputs.values);
      const [lengths, queryStarts] = [context.dense(inputs.lengths), context.dense(inputs.queryStarts)];
      const hidden = maskOf(context, mask);
      const [keyScales, valueScales] = [scales(context, inputs.keyScales), scales(context, inputs.valueScales)];
      const covered = mask?.layout.shape[2] ?? slots;
      const tall = rowsOfUnit(context, N, K, H / K, R);
      const tiles = tilesFor(N, H / K, R, tall);
      context.words(0, context.address(out), query.address, keys.address, values.address, context.address(tables));
      context.words(5, hidden.address, hidden.kind, N, H, R, K, P, D, Dv);
      context.float(14, params.scale);
      context.words(15, params.causal ? 1 : 0, params.window ?? 0);
      context.float(17, params.softcap ?? 0);
      context.words(18, lengths, queryStarts, ...query.steps, ...keys.steps, ...values.steps);
      context.words(28, ...tables.layout.strides.map((stride) => 4 * stride), ...hidden.steps, pages);
      context.words(34, keyScales.address, ...keyScales.steps, valueScales.address, ...valueScales.steps);
      context.words(40, slots, covered, tiles);
      context.words(43, wasmStorage(inputs.keys.handle).mark, wasmStorage(inputs.values.handle).mark, tall);
      const longest = Math.max(1, Math.min(slots, covered));
      context.run(kernel, K * tiles, Math.ceil(30_000 / (longest * (D + Dv))));
    });
  };

/** Rows of the last axis in place, or copied where they are strided; steps of the outer axes in bytes. */
function rows(context: KernelContext, x: Operand): { address: number; steps: readonly number[] } {
  const { shape, strides } = x.layout;
  const { bytes } = dtypes[x.dtype];
  const outer = shape.length - 1;
  const inPlace = shape[outer] <= 1 || strides[outer] === 1;
  const address = inPlace ? context.address(x) : context.dense(x);
  const steps = inPlace ? strides : contiguousStrides(shape);
  return { address, steps: steps.slice(0, outer).map((step) => step * bytes) };
}

/** Scales `[pages, K, P]` with those of a page's slots back to back; steps of page and head in bytes. */
function scales(context: KernelContext, x: Operand | undefined): { address: number; steps: readonly number[] } {
  if (!x) return { address: 0, steps: [0, 0] };
  const { shape, strides } = x.layout;
  if (shape[2] <= 1 || strides[2] === 1)
    return { address: context.address(x), steps: strides.slice(0, 2).map((stride) => 4 * stride) };
  return { address: context.dense(x), steps: [4 * shape[1] * shape[2], 4 * shape[2]] };
}

function maskOf(
  context: KernelContext,
  mask: Operand | undefined,
): { address: number; kind: number; steps: readonly number[] } {
  if (!mask) return { address: 0, kind: 0, steps: [0, 0, 0] };
  const { strides, shape } = mask.layout;
  if (mask.dtype === "bool") return { address: context.address(mask), kind: 1, steps: strides };
  if (mask.dtype === "f32")
    return { address: context.address(mask), kind: 2, steps: strides.map((stride) => 4 * stride) };
  return { address: context.wide(mask), kind: 2, steps: contiguousStrides(shape).map((step) => 4 * step) };
}
