import fc from "fast-check";
import type { NormWeightMode, RopePairing } from "../../contract/kernels.ts";
import type { DType } from "../../dtypes/dtype.ts";
import type { Call, CallKind } from "../case.ts";
import { smallIntegers, usualFill, type Argument, type Fill } from "./argument.ts";
import { repeatedAxes, type LayoutDraw } from "./memory-layout.ts";
import { laneLength, layouts, seeds } from "./shapes.ts";

/** Of a call of `ropeAppend`. */
export interface AppendParams {
  readonly pairing: RopePairing;
  /** q, k and v are views of one storage, as joint projections leave them. */
  readonly joined: boolean;
  /** How the norms before the turning apply their weights. */
  readonly mode: NormWeightMode;
}

/** A call of `ropeAppend` as data. */
export interface AppendDraw {
  readonly N: number;
  readonly H: number;
  readonly K: number;
  /** Pairs that turn, and elements of a head that pass through. */
  readonly pairs: number;
  readonly rest: number;
  /** Elements of a value beyond those of a key. */
  readonly wider: number;
  readonly M: number;
  readonly pages: number;
  readonly P: number;
  readonly pairing: RopePairing;
  readonly joined: boolean;
  /** How norms apply their weights; null: there are none. */
  readonly norms: keyof typeof normKinds | null;
  readonly layouts: readonly LayoutDraw[];
  readonly seed: number;
}

/** Whether the pools of a variant hold levels beside scales. */
export const inBytes = (variant: string): boolean => variant === "i8";

/** A pool is written into: no layout that repeats elements. */
const apart = (shape: readonly number[], layout: LayoutDraw): LayoutDraw =>
  repeatedAxes(shape, layout).length > 0 ? { kind: "stepped", seed: layout.seed } : layout;

export function appendCall(
  draw: AppendDraw,
  { dtype, variant, values: kind }: CallKind,
): Call<"ropeAppend", AppendParams> {
  const { N, H, K, pairs, rest, wider, M, pages, P, pairing, joined, layouts: drawn, seed } = draw;
  // Normed elements are no whole numbers.
  const norms = kind === "integers" || inBytes(variant) ? null : draw.norms;
  const normKind = norms && normKinds[norms];
  const D = 2 * pairs + rest;
  const whole = kind === "integers" || inBytes(variant);
  const argument = (i: number, stored: DType, shape: readonly number[], fill: Fill): Argument => ({
    ...{ dtype: stored, shape, layout: drawn[i], fill },
  });
  const head = (i: number, n: number, width: number): Argument =>
    argument(i, dtype, [N, n, width], whole ? smallIntegers(dtype, seed + i) : usualFill(dtype, seed + i));
  // In 8 bits whole numbers beside quarter turns: a level is then never a matter of the rounding of a sum.
  const turns = (i: number): Argument =>
    inBytes(variant)
      ? argument(i, "f32", [M, pairs], { kind: "values", values: i === 3 ? [1, 0, -1, 0] : [0, 1, 0, -1] })
      : argument(i, seed % 2 ? "f32" : dtype, [M, pairs], {
          ...(whole
            ? { kind: "integers", low: -1, high: 1, seed: seed + i }
            : { kind: "uniform", low: -1, high: 1, seed: seed + i }),
        });
  const pool = (i: number, shape: readonly number[], stored: DType): Argument => ({
    ...argument(i, stored, shape, usualFill(stored, seed + i)),
    layout: apart(shape, drawn[i]),
  });
  const weight = (i: number, heads: number): Argument => {
    // Beside 16 bits only f32 and the same occur.
    const stored = dtype === "f32" || normKind?.stored === "f32" ? (normKind?.stored ?? dtype) : dtype;
    return argument(i, stored, [normKind?.isWhole ? heads * D : D], usualFill(stored, seed + i));
  };
  const slots = Array.from({ length: N }, (_, n) =>
    n % 4 === 3 || n >= pages * P ? [-1, pages * P, -(2 ** 31)][n % 3] : (n + seed) % (pages * P),
  );
  return {
    inputs: {
      q: head(0, H, D),
      k: head(1, K, D),
      v: head(2, K, D + (joined ? 0 : wider)),
      cos: turns(3),
      sin: turns(4),
      positions: argument(5, "i32", [N], { kind: "integers", low: -1, high: M, seed }),
      slots: {
        ...argument(6, "i32", [N], { kind: "values", values: N > 0 ? slots : [0] }),
        layout: apart([N], drawn[6]),
      },
      keys: pool(7, [pages, K, P, D], variant as DType),
      values: pool(8, [pages, K, P, D + (joined ? 0 : wider)], variant as DType),
      ...(inBytes(variant) && {
        keyScales: pool(9, [pages, K, P], "f32"),
        valueScales: pool(10, [pages, K, P], "f32"),
      }),
      ...(norms && { qNorm: weight(9, H), kNorm: weight(10, K) }),
    },
    params: { pairing, joined, mode: norms ?? "f32-mul" },
  };
}

/**
 * By how their weights are applied: whether they are norms over all heads of a token, and how weights are stored. Fewer texts of
 * kernels than all of all, each of which takes a GPU time.
 */
const normKinds = {
  "f32-mul": { isWhole: true, stored: "f32" },
  "cast-then-mul": { isWhole: false, stored: "bf16" },
  "one-plus": { isWhole: false, stored: "f16" },
} as const satisfies Readonly<Record<NormWeightMode, { readonly isWhole: boolean; readonly stored: DType }>>;

export const modes = ["f32-mul", "cast-then-mul", "one-plus"] as const;

const few = fc.integer({ min: 1, max: 3 });
export const appendDraws: fc.Arbitrary<AppendDraw> = fc.record({
  ...{ N: fc.nat({ max: 6 }), H: few, K: few, M: few, pages: few, P: fc.constantFrom(1, 2, 4) },
  pairs: fc.oneof(fc.nat({ max: 5 }), laneLength),
  ...{ rest: fc.constantFrom(1, 2, 3, 5), wider: fc.constantFrom(0, 0, 1, 4) },
  ...{ pairing: fc.constantFrom<RopePairing>("half", "interleaved"), joined: fc.boolean(), seed: seeds },
  norms: fc.option(fc.constantFrom(...modes)),
  layouts: fc.array(layouts, { minLength: 11, maxLength: 11 }),
});

const contiguous = new Array<LayoutDraw>(11).fill({ kind: "contiguous", seed: 0 });
export const appendExample = (draw: Partial<AppendDraw>): AppendDraw => ({
  ...{ N: 3, H: 4, K: 2, pairs: 4, rest: 0, wider: 0, M: 5, pages: 2, P: 4 },
  ...{ pairing: "half", joined: true, norms: null, layouts: contiguous, seed: 1, ...draw },
});
