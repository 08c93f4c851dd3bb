import type { NormParams, RopePairing } from "../../contract/kernels.ts";
import { ArgumentError, DTypeError } from "../../errors.ts";
import { checkOptionNames, type OptionNames } from "../../option-names.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { cast } from "../cast.ts";
import { commonBackend, commonDType, requireFloat, requireShape, tryJoined } from "../dispatch.ts";
import { joinedView } from "../joined-view.ts";
import { narrow, reshape } from "../view.ts";
import { quantizeInt8 } from "./int8-rows.ts";
import { requireEps, rmsNorm, type RmsNormOptions } from "./rms-norm.ts";
import { requireTables, rope } from "./rope.ts";
import { scatterRows } from "./scatter-rows.ts";

export interface RopeAppendOptions {
  readonly pairing: RopePairing;
  /** Row of the tables for each token: `[N]` i32, see `RopeOptions`. */
  readonly positions: Tensor;
  /** Where each token's key and value go: `[N]` i32, see `scatterRows`. */
  readonly slots: Tensor;
  /** `[pages, K, P, D]`, floats or, with scales, i8; written in place. */
  readonly keys: Tensor;
  /** `[pages, K, P, Dv]`, as keys. */
  readonly values: Tensor;
  /** `[pages, K, P]` f32, written in place. */
  readonly keyScales?: Tensor;
  readonly valueScales?: Tensor;
  /** Norms that queries and keys go through before they turn. */
  readonly norms?: HeadNorms;
}

/**
 * An `rmsNorm` of queries and one of keys: weights `[D]` norm each head by itself, weights `[H·D]` and `[K·D]` all heads of a token
 * as one row.
 */
export interface HeadNorms extends RmsNormOptions {
  readonly q: Tensor;
  readonly k: Tensor;
}

const optionNames: OptionNames<RopeAppendOptions> = {
  ...{ pairing: true, positions: true, slots: true, keys: true, values: true, keyScales: true, valueScales: true },
  norms: true,
};

const OP = "ropeAppend";

/**
 * Definition: `rmsNorm` where there are norms, `rope` of q and of k, as one where they lie side by side, and a `scatterRows` of
 * keys and of values; in 8 bits of the levels and the scales of `quantizeInt8`.
 */
export function composeRopeAppend(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  cos: Tensor,
  sin: Tensor,
  { norms, ...options }: RopeAppendOptions,
): Tensor {
  if (norms)
    return scope(() =>
      composeRopeAppend(headsNormed(q, norms.q, norms), headsNormed(k, norms.k, norms), v, cos, sin, options),
    );
  const { pairing, positions, slots, keys, values, keyScales, valueScales } = options;
  return scope(() => {
    const turn = (x: Tensor): Tensor => rope(x, cos, sin, { pairing, positions });
    const [, H] = q.shape as [number, number];
    const both = joinedView(q, k, 1); // [N, H + K, D]
    const turned = both && turn(both);
    const turnedQ = turned ? narrow(turned, 1, 0, H) : turn(q);
    append(keys, keyScales, turned ? narrow(turned, 1, H, k.shape[1]) : turn(k), slots);
    append(values, valueScales, v, slots);
    return turnedQ;
  });
}

/** Heads `[N, n, D]` by their `rmsNorm`. */
function headsNormed(heads: Tensor, weight: Tensor, { eps, weightMode = "f32-mul" }: RmsNormOptions): Tensor {
  const [N, n, D] = heads.shape as [number, number, number];
  if (weight.shape[0] === D) return rmsNorm(heads, weight, { eps, weightMode });
  return reshape(rmsNorm(reshape(heads, [N, n * D]), weight, { eps, weightMode }), [N, n, D]);
}

function append(pool: Tensor, scales: Tensor | undefined, rows: Tensor, slots: Tensor): void {
  if (!scales) return scatterRows(pool, rows, slots);
  const quantized = quantizeInt8(rows.dtype === "f32" ? rows : cast(rows, "f32"));
  scatterRows(pool, quantized.levels, slots);
  scatterRows(scales, quantized.scales, slots);
}

/**
 * What attention does with new tokens before it looks at their keys: queries `[N, H, D]` and keys `[N, K, D]` turn by their
 * positions (`rope`), behind an `rmsNorm` where there is one, keys and values `[N, K, Dv]` go into their pages (`scatterRows`), with scales in 8 bits (`quantizeInt8`).
 * A backend with a kernel does it at once.
 *
 * @param cos `[M, R/2]`, R ≤ D
 * @returns the turned queries, the caller's to dispose; on some backends a view beside the turned keys
 * @throws ShapeError, DTypeError, ArgumentError
 */
export function ropeAppend(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  cos: Tensor,
  sin: Tensor,
  options: RopeAppendOptions,
): Tensor {
  checkOptionNames(OP, options, optionNames);
  const { pairing, positions, slots, keys, values, keyScales, valueScales, norms } = options;
  const [qNorm, kNorm] = [norms?.q, norms?.k];
  const pools = [keys, values, keyScales, valueScales];
  const backend = commonBackend(OP, q, k, v, cos, sin, positions, slots, ...pools, qNorm, kNorm);
  requireFloat(OP, "q", q);
  commonDType(OP, q, k, v);
  requireShape(OP, "keys", keys, [-1, -1, -1, -1]);
  const [pages, K, P, D] = keys.shape as [number, number, number, number];
  requireShape(OP, "values", values, [pages, K, P, -1]);
  requireShape(OP, "q", q, [-1, -1, D]);
  const [N] = q.shape as [number];
  requireShape(OP, "k", k, [N, K, D]);
  requireShape(OP, "v", v, [N, K, values.shape[3]]);
  requireTables(OP, q, cos, sin);
  for (const [name, t] of [
    ["positions", positions],
    ["slots", slots],
  ] as const) {
    if (t.dtype !== "i32") throw new DTypeError(OP, `${name} are ${t.dtype}; expected i32`, { given: t.dtype });
    requireShape(OP, name, t, [N]);
  }
  requirePool("key", keys, keyScales);
  requirePool("value", values, valueScales);
  if (!keyScales !== !valueScales)
    throw new ArgumentError(OP, `${keyScales ? "keys" : "values"} have scales, the others none; give both or neither`);
  const params = { pairing, ...requireNorms(q, k, norms) };
  const inputs = { q, k, v, cos, sin, positions, slots, keys, values, keyScales, valueScales, qNorm, kNorm };
  const joined = tryJoined(OP, backend, { shape: q.shape, dtype: q.dtype }, inputs, params);
  if (joined) return joined;
  if (!norms) return composeRopeAppend(q, k, v, cos, sin, options);
  const { norms: _, ...others } = options;
  // Perhaps there is a kernel for what comes behind them.
  return scope(() => ropeAppend(headsNormed(q, norms.q, norms), headsNormed(k, norms.k, norms), v, cos, sin, others));
}

/** Parameters of the norms; without them they say nothing. @throws ShapeError, DTypeError, ArgumentError */
function requireNorms(q: Tensor, k: Tensor, norms: HeadNorms | undefined): NormParams {
  if (!norms) return { eps: 1, weightMode: "f32-mul" };
  const { eps, weightMode = "f32-mul" } = norms;
  for (const [name, heads, weight] of [
    ["q", q, norms.q],
    ["k", k, norms.k],
  ] as const) {
    const [, n, D] = heads.shape as [number, number, number];
    requireFloat(OP, `norms.${name}`, weight);
    requireShape(OP, `norms.${name}`, weight, [weight.shape[0] === D ? D : n * D]);
  }
  requireEps(OP, eps);
  return { eps, weightMode };
}

/** Levels beside their scales, or floats. */
function requirePool(name: "key" | "value", pool: Tensor, scales: Tensor | undefined): void {
  if (!scales) return requireFloat(OP, `${name}s`, pool);
  if (pool.dtype !== "i8" || scales.dtype !== "f32")
    throw new DTypeError(OP, `${name}s are ${pool.dtype}, their scales ${scales.dtype}; expected i8 and f32`, {
      given: [pool.dtype, scales.dtype],
    });
  if (pool.shape[3] === 0) requireShape(OP, `${name}s`, pool, [-1, -1, -1, 1]);
  requireShape(OP, `${name}Scales`, scales, pool.shape.slice(0, 3));
}
