import fc from "fast-check";
import type { DType } from "../dtype.ts";
import { Rng } from "../rng.ts";
import { hostValues, usualFill, type Argument, type Fill } from "./argument.ts";
import type { Call, CallKind, HostCall } from "./case.ts";
import { at, flatIndex, type HostTensor } from "./host-tensor.ts";
import { layouts, seeds } from "./shapes.ts";
import type { LayoutDraw } from "./memory-layout.ts";

export interface AttentionCall {
  readonly lengths: readonly number[];
  readonly scale: number;
  readonly causal: boolean;
  readonly window: number | null;
  readonly softcap: number | null;
  /** Page b is row b and all its slots are used: the op is called without tables and lengths. */
  readonly dense: boolean;
}

export interface AttentionDraw {
  readonly B: number;
  /** kv heads, and query heads per kv head */
  readonly K: number;
  readonly group: number;
  readonly T: number;
  readonly D: number;
  readonly Dv: number;
  /** Slots per page. */
  readonly P: number;
  /** Longest history before the T queries. */
  readonly past: number;
  readonly causal: boolean;
  readonly window: number | null;
  readonly softcap: number | null;
  readonly mask: "none" | "bool" | "float";
  /** Which axes of the mask have length 1, as bits. */
  readonly maskCut: number;
  readonly dense: boolean;
  readonly layouts: readonly LayoutDraw[];
  readonly seed: number;
}

const width = fc.constantFrom(1, 2, 3, 4, 5, 8, 9, 16, 17, 33);

export const attentionDraws: fc.Arbitrary<AttentionDraw> = fc.record({
  B: fc.constantFrom(1, 2, 3, 1, 2, 0),
  K: fc.constantFrom(1, 2, 3),
  group: fc.constantFrom(1, 2, 3),
  T: fc.constantFrom(1, 2, 3, 4, 5, 6, 1, 9, 0),
  D: width,
  Dv: width,
  P: fc.constantFrom(1, 2, 3, 4, 5, 8, 16),
  past: fc.nat({ max: 18 }),
  causal: fc.boolean(),
  window: fc.option(fc.integer({ min: 1, max: 12 })),
  softcap: fc.option(fc.constantFrom(0.5, 2, 30)),
  mask: fc.constantFrom("none", "bool", "float"),
  maskCut: fc.nat({ max: 15 }),
  dense: fc.constantFrom(false, false, true),
  layouts: fc.array(layouts, { minLength: 5, maxLength: 5 }),
  seed: seeds,
});

/** Most negative f32, which masks made by HF's models add instead of −∞. */
const F32_MIN = -(2 - 2 ** -23) * 2 ** 127;

const maskFill = (kind: "bool" | "float", seed: number): Fill => {
  const rng = new Rng(seed);
  const pool = kind === "bool" ? [1, 1, 0] : [0, 0, 0.7, -1.5, -Infinity, F32_MIN];
  return { kind: "values", values: Array.from({ length: 61 }, () => pool[Math.floor(rng.uniform() * pool.length)]) };
};

/** Distinct pages for all rows, in random order. */
const shuffled = (count: number, seed: number): number[] => {
  const rng = new Rng(seed);
  const pages = Array.from({ length: count }, (_, page) => page);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(rng.uniform() * (i + 1));
    [pages[i], pages[j]] = [pages[j], pages[i]];
  }
  return pages;
};

/** A layout without repeated axes: each row has pages of its own, as `arange` makes them where no table is given. */
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
export function attentionCall(draw: AttentionDraw, { dtype, variant }: CallKind): Call<"attention", AttentionCall> {
  const { B, K, group, T, D, Dv, causal, window, softcap, seed } = draw;
  const stored = variant === "same" ? dtype : (variant as DType);
  const rng = new Rng(seed);
  const histories = Array.from({ length: B }, () => Math.floor(rng.uniform() * (draw.past + 1)));
  const lengths = histories.map((past) => (draw.dense ? draw.past : past) + T);
  const S = Math.max(0, ...lengths);
  const P = draw.dense ? Math.max(1, S) : draw.P;
  if (draw.dense) lengths.fill(P);
  const pages = draw.dense ? 1 : Math.ceil(S / P) + (seed % 2);
  const N = draw.dense ? B : B * pages + (seed % 3);
  const tables = draw.dense ? Array.from({ length: B }, (_, b) => b) : shuffled(N, seed).slice(0, B * pages);
  const argument = (i: number, as: DType, shape: readonly number[], fill = usualFill(as, seed + i)): Argument => ({
    dtype: as,
    shape,
    layout: draw.layouts[i],
    fill,
  });
  const inputs = {
    q: argument(0, dtype, [B, K * group, T, D]),
    keys: argument(1, stored, [N, K, P, D]),
    values: argument(2, stored, [N, K, P, Dv]),
    tables: {
      dtype: "i32",
      shape: [B, pages],
      layout: tableLayout(draw.layouts[3], draw.dense),
      fill: { kind: "values", values: tables.length > 0 ? tables : [0] },
    } as const,
  };
  const pools = [N, K, P];
  const scales = stored === "i8" && {
    keyScales: scalesOf(pools, draw.layouts[2], seed + 5),
    valueScales: scalesOf(pools, draw.layouts[1], seed + 6),
  };
  const params = { lengths, scale: D ** -0.5, causal, window, softcap, dense: draw.dense };
  if (draw.mask === "none") return { inputs: { ...inputs, ...scales }, params };
  const full = [B, K * group, T, Math.max(0, ...lengths)];
  const shape = full
    .map((n, axis) => ((draw.maskCut >> axis) & 1 ? 1 : n))
    .slice(seed % 2 === 0 && (draw.maskCut & 1) === 1 ? 1 : 0);
  const mask = argument(
    4,
    draw.mask === "bool" ? "bool" : seed % 2 === 0 ? "f32" : dtype,
    shape,
    maskFill(draw.mask, seed),
  );
  return { inputs: { ...inputs, ...scales, mask }, params };
}

/** Puts NaN in every slot that no row uses, of the pools or their scales: what lies there must not reach a result. */
export function poisonUnusedSlots(
  { inputs }: Call<"attention", AttentionCall>,
  host: HostCall<"attention", AttentionCall>,
): HostCall<"attention", AttentionCall> {
  const { tables } = host.inputs;
  const { lengths } = host.params;
  const [N, K, P] = inputs.keys.shape as [number, number, number];
  const used = new Set<number>();
  lengths.forEach((length, b) => {
    for (let s = 0; s < length; s++) used.add(at(tables, b, Math.floor(s / P)) * P + (s % P));
  });
  const poisoned = (pool: HostTensor, { layout }: Argument): HostTensor => {
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
export function attentionValues(draw: AttentionDraw, kind: CallKind): HostCall<"attention", AttentionCall> {
  const call = attentionCall(draw, kind);
  const { q, keys, values, tables, mask } = call.inputs;
  const inputs = { q: hostValues(q), keys: hostValues(keys), values: hostValues(values), tables: hostValues(tables) };
  return poisonUnusedSlots(call, {
    inputs: mask ? { ...inputs, mask: hostValues(mask) } : inputs,
    params: call.params,
  });
}
