import fc from "fast-check";
import type { DType } from "../../dtypes/dtype.ts";
import type { AttentionParams } from "../../contract/kernels.ts";
import { Rng } from "../../rng.ts";
import { drawnValues, usualFill, type Argument, type Fill } from "./argument.ts";
import type { Call, CallKind, ValuedCall } from "../case.ts";
import { at, flatIndex, type TensorValues } from "../tensor-values.ts";
import { layouts, seeds } from "./shapes.ts";
import type { LayoutDraw } from "./memory-layout.ts";

export interface AttentionDraw {
  /** New tokens of each sequence. */
  readonly counts: readonly number[];
  /** Tokens of no sequence: before the first, after the last. */
  readonly strays: readonly [before: number, after: number];
  /** kv heads, and query heads per kv head */
  readonly K: number;
  readonly group: number;
  readonly D: number;
  readonly Dv: number;
  /** Slots per page. */
  readonly P: number;
  /** Longest history before the new tokens. */
  readonly past: number;
  readonly causal: boolean;
  readonly window: number | null;
  readonly softcap: number | null;
  readonly mask: "none" | "bool" | "float";
  /** Which axes of the mask have length 1, as bits. */
  readonly maskCut: number;
  /** Page r is sequence r, and all its slots are used. */
  readonly dense: boolean;
  /** Some pages, counts and lengths cannot be, and the mask may end early. */
  readonly wild: boolean;
  readonly layouts: readonly LayoutDraw[];
  readonly seed: number;
}

const width = fc.constantFrom(1, 2, 3, 4, 5, 8, 9, 16, 17, 33);
const count = fc.constantFrom(1, 1, 2, 3, 4, 5, 6, 9, 0);

export const attentionDraws: fc.Arbitrary<AttentionDraw> = fc.record({
  counts: fc.oneof(
    fc.array(count, { maxLength: 4 }),
    fc.tuple(fc.integer({ min: 1, max: 3 }), count).map(([B, T]) => new Array<number>(B).fill(T)),
  ),
  strays: fc.constantFrom([0, 0], [0, 0], [0, 2], [1, 0], [7, 3]),
  K: fc.constantFrom(1, 2, 3),
  group: fc.constantFrom(1, 2, 3),
  D: width,
  Dv: width,
  P: fc.constantFrom(1, 2, 3, 4, 5, 8, 16),
  past: fc.nat({ max: 18 }),
  causal: fc.boolean(),
  window: fc.option(fc.integer({ min: 1, max: 12 })),
  softcap: fc.option(fc.constantFrom(0.5, 2, 30)),
  mask: fc.constantFrom("none", "bool", "float"),
  maskCut: fc.nat({ max: 7 }),
  dense: fc.constantFrom(false, false, true),
  wild: fc.constantFrom(false, false, false, true),
  layouts: fc.array(layouts, { minLength: 5, maxLength: 5 }),
  seed: seeds,
});

/** Draws of rectangles: as many tokens for each sequence, none without one, nothing that cannot be. */
export const rectangularDraws: fc.Arbitrary<AttentionDraw> = attentionDraws.map((draw) => ({
  ...draw,
  counts: draw.counts.map(() => draw.counts[0] ?? 0),
  strays: [0, 0],
  wild: false,
}));

/** Most negative f32, which masks made by HF's models add instead of −∞. */
const F32_MIN = -(2 - 2 ** -23) * 2 ** 127;

const maskFill = (kind: "bool" | "float", seed: number): Fill => {
  const rng = new Rng(seed);
  const pool = kind === "bool" ? [1, 1, 0] : [0, 0, 0.7, -1.5, -Infinity, F32_MIN];
  return { kind: "values", values: Array.from({ length: 61 }, () => pool[Math.floor(rng.uniform() * pool.length)]) };
};

/** Distinct pages for all sequences, in random order. */
const shuffled = (count: number, seed: number): number[] => {
  const rng = new Rng(seed);
  const pages = Array.from({ length: count }, (_, page) => page);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(rng.uniform() * (i + 1));
    [pages[i], pages[j]] = [pages[j], pages[i]];
  }
  return pages;
};

/** A layout without repeated axes: each sequence has pages, a start and a length of its own. */
const tableLayout = ({ kind, seed }: LayoutDraw, dense: boolean): LayoutDraw => ({
  kind: dense ? "contiguous" : kind === "repeated" ? "stepped" : kind === "mixed" ? "narrowed" : kind,
  seed,
});

/** Scales of the rows of a pool of levels, so that its elements are of usual size. */
const scalesOf = (shape: readonly number[], layout: LayoutDraw, seed: number): Argument => ({
  dtype: "f32",
  shape,
  layout,
  fill: { kind: "uniform", low: 0.002, high: 0.02, seed },
});

/** The call that a draw describes; keys and values have the dtype of the variant, `same` for that of q. */
export function attentionCall(draw: AttentionDraw, { dtype, variant }: CallKind): Call<"attention", AttentionParams> {
  const { counts, strays, K, group, D, Dv, causal, window, softcap, seed, wild } = draw;
  const stored = variant === "same" ? dtype : (variant as DType);
  const rng = new Rng(seed);
  const R = counts.length;
  const histories = counts.map(() => Math.floor(rng.uniform() * (draw.past + 1)));
  const lengths = counts.map((tokens, r) => (draw.dense ? draw.past : histories[r]) + tokens);
  const starts = [strays[0]];
  for (const tokens of counts) starts.push(starts[starts.length - 1] + tokens);
  const N = starts[R] + strays[1];
  const longest = Math.max(0, ...lengths);
  const P = draw.dense ? Math.max(1, longest) : draw.P;
  if (draw.dense) lengths.fill(P);
  const S = Math.max(0, ...lengths);
  const perTable = draw.dense ? 1 : Math.ceil(S / P) + (seed % 2);
  const pages = draw.dense ? R : R * perTable + (seed % 3);
  const tables = draw.dense ? counts.map((_, r) => r) : shuffled(pages, seed).slice(0, R * perTable);
  const any = (values: number[], odd: readonly number[]): number[] =>
    wild ? values.map((value) => (rng.uniform() < 0.3 ? odd[Math.floor(rng.uniform() * odd.length)] : value)) : values;
  if (wild && strays[0] === 0) starts[0] = -3;
  if (wild && strays[1] === 0 && R > 0) starts[R] = N + 5;
  const argument = (i: number, as: DType, shape: readonly number[], fill = usualFill(as, seed + i)): Argument => ({
    dtype: as,
    shape,
    layout: draw.layouts[i],
    fill,
  });
  const integers = (i: number, shape: readonly number[], values: readonly number[]): Argument => ({
    dtype: "i32",
    shape,
    layout: tableLayout(draw.layouts[i], draw.dense),
    fill: { kind: "values", values: values.length > 0 ? values : [0] },
  });
  const slots = perTable * P;
  const inputs = {
    q: argument(0, dtype, [N, K * group, D]),
    keys: argument(1, stored, [pages, K, P, D]),
    values: argument(2, stored, [pages, K, P, Dv]),
    tables: integers(3, [R, perTable], any(tables, [-1, -(2 ** 31), pages, 2 ** 31 - 1])),
    queryStarts: integers(4, [R + 1], starts),
    lengths: integers(3, [R], any(lengths, [-1, slots + 1, 2 ** 31 - 1])),
  };
  const pools = [pages, K, P];
  const scales = stored === "i8" && {
    keyScales: scalesOf(pools, draw.layouts[2], seed + 5),
    valueScales: scalesOf(pools, draw.layouts[1], seed + 6),
  };
  const params = { scale: D ** -0.5, causal, window, softcap };
  if (draw.mask === "none") return { inputs: { ...inputs, ...scales }, params };
  const full = [N, K * group, wild ? Math.max(0, S - 1) : S + (seed % 3)];
  const shape = full.map((n, axis) => ((draw.maskCut >> axis) & 1 ? 1 : n));
  const mask = argument(
    4,
    draw.mask === "bool" ? "bool" : seed % 2 === 0 ? "f32" : dtype,
    seed % 2 === 0 && shape[0] === 1 ? shape.slice(1) : shape,
    maskFill(draw.mask, seed),
  );
  return { inputs: { ...inputs, ...scales, mask }, params };
}

const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

/** Sequence r of a call: its tokens, slots in use and pages, as a kernel takes them. */
export interface HostSequence {
  readonly first: number;
  readonly end: number;
  readonly length: number;
  readonly page: (slot: number) => number;
}

export function sequencesOf({ inputs }: ValuedCall<"attention", AttentionParams>): readonly HostSequence[] {
  const { q, keys, tables, queryStarts, lengths } = inputs;
  const [pages, , P] = keys.shape as [number, number, number];
  const [R, perTable] = tables.shape as [number, number];
  const start = (r: number): number => clamp(at(queryStarts, r), 0, q.shape[0]);
  return Array.from({ length: R }, (_, r) => ({
    first: start(r),
    end: start(r + 1),
    length: clamp(at(lengths, r), 0, pages === 0 ? 0 : perTable * P),
    page: (slot) => clamp(at(tables, r, Math.floor(slot / P)), 0, pages - 1),
  }));
}

/** Puts NaN in every slot that no sequence uses, of the pools or their scales: what lies there must not reach a result. */
export function poisonUnusedSlots(
  { inputs }: Call<"attention", AttentionParams>,
  host: ValuedCall<"attention", AttentionParams>,
): ValuedCall<"attention", AttentionParams> {
  const [N, K, P] = inputs.keys.shape as [number, number, number];
  const used = new Set<number>();
  for (const { length, page } of sequencesOf(host)) for (let s = 0; s < length; s++) used.add(page(s) * P + (s % P));
  const poisoned = (pool: TensorValues, { layout }: Argument): TensorValues => {
    // Repeated entries are one element in memory, used or not.
    if (layout.kind === "repeated" || layout.kind === "mixed") return pool;
    const data = pool.data.slice();
    const D = pool.shape[3] ?? 1;
    for (let page = 0; page < N; page++)
      for (let slot = 0; slot < P; slot++) {
        if (used.has(page * P + slot)) continue;
        for (let k = 0; k < K; k++)
          data.fill(NaN, D * flatIndex([N, K, P], [page, k, slot]), D * (flatIndex([N, K, P], [page, k, slot]) + 1));
      }
    return { ...pool, data };
  };
  const { keys, values, keyScales, valueScales } = host.inputs;
  const changed =
    keyScales && valueScales && inputs.keyScales && inputs.valueScales
      ? {
          keyScales: poisoned(keyScales, inputs.keyScales),
          valueScales: poisoned(valueScales, inputs.valueScales),
        }
      : { keys: poisoned(keys, inputs.keys), values: poisoned(values, inputs.values) };
  return { inputs: { ...host.inputs, ...changed }, params: host.params };
}

/** The values of a call of the given draw, with unused slots poisoned. */
export function attentionValues(draw: AttentionDraw, kind: CallKind): ValuedCall<"attention", AttentionParams> {
  const call = attentionCall(draw, kind);
  const { q, keys, values, tables, queryStarts, lengths, mask } = call.inputs;
  const inputs = {
    q: drawnValues(q),
    keys: drawnValues(keys),
    values: drawnValues(values),
    tables: drawnValues(tables),
    queryStarts: drawnValues(queryStarts),
    lengths: drawnValues(lengths),
  };
  return poisonUnusedSlots(call, {
    inputs: mask ? { ...inputs, mask: drawnValues(mask) } : inputs,
    params: call.params,
  });
}
