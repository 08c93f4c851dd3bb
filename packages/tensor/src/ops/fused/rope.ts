import { ArgumentError, DTypeError, ShapeError } from "../../errors.ts";
import type { RopePairing } from "../../contract/kernels.ts";
import { formatShape, sameShape } from "../../layout.ts";
import { checkOptionNames, type OptionNames } from "../../option-names.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { add, maximum, minimum, mul, sub } from "../binary.ts";
import { cast } from "../cast.ts";
import { concat, stack } from "../compose.ts";
import { commonBackend, requireFloat, requireShape, runFused } from "../dispatch.ts";
import { arange } from "../fill.ts";
import { gather } from "../gather.ts";
import { expand, narrow, permute, reshape, squeeze, unsqueeze } from "../view.ts";

/**
 * Definition: every pair (a, b) turns into `(a·cos − b·sin, b·cos + a·sin)`, in the dtype of x; x `[N, H, D]`, cos and
 * sin `[M, R/2]`, positions `[N]`, those outside the table at its ends.
 */
export function composeRope(x: Tensor, cos: Tensor, sin: Tensor, positions: Tensor, pairing: RopePairing): Tensor {
  return scope(() => {
    const [N, H, D] = x.shape as [number, number, number];
    const [M, half] = cos.shape as [number, number];
    const R = 2 * half;
    const rows = maximum(minimum(positions, M - 1), 0);
    const c = unsqueeze(gather(cast(cos, x.dtype), rows), 1); // [N, 1, R/2]
    const s = unsqueeze(gather(cast(sin, x.dtype), rows), 1);
    const rotary = narrow(x, 2, 0, R);
    const pairs = pairing === "half" ? reshape(rotary, [N, H, 2, half]) : reshape(rotary, [N, H, half, 2]);
    const axis = pairing === "half" ? 2 : 3;
    const a = squeeze(narrow(pairs, axis, 0, 1), axis); // [N, H, R/2]
    const b = squeeze(narrow(pairs, axis, 1, 1), axis);
    const turned = stack([sub(mul(a, c), mul(b, s)), add(mul(b, c), mul(a, s))], axis);
    const joined = reshape(turned, [N, H, R]);
    return R === D ? joined : concat([joined, narrow(x, 2, R, D - R)], 2);
  });
}

export interface RopeOptions {
  readonly pairing: RopePairing;
  /**
   * Row of the tables for each token of x `[N, H, D]`: `[N]` i32. A position outside the table takes the table's first or
   * last row, as the host cannot see it.
   */
  readonly positions?: Tensor;
}

const optionNames: OptionNames<RopeOptions> = { pairing: true, positions: true };

/**
 * Rotary position embedding (Su et al., arXiv 2104.09864): turns pairs (a, b) of elements of each head into
 * `(a·cos θ − b·sin θ, b·cos θ + a·sin θ)`; elements R … D−1 of a head pass through (partial rotary).
 *
 * - x `[N, H, D]` with `positions [N]`: tables `[M, R/2]`, of which token n takes row `positions[n]`.
 * - x `[B, H, T, D]` without: tables `[B or 1, T, R/2]`, a row for each token. The result may be a permuted view of
 *   `[B, T, H, D]`.
 *
 * @param cos f32, f16 or bf16; R ≤ D
 * @param sin as cos
 * @returns a tensor of the shape and dtype of x, the caller's to dispose
 * @throws ShapeError, DTypeError; ArgumentError where positions are given beside x of rank 4, and for unknown options
 * @example
 * // Three tokens of two sequences, at positions 7, 0 and 1 of one table.
 * const positions = tensor(backend, [7, 0, 1], { dtype: "i32" });
 * const turned = rope(x, cos, sin, { pairing: "half", positions }); // [3, H, D]
 */
export function rope(x: Tensor, cos: Tensor, sin: Tensor, options: RopeOptions): Tensor {
  checkOptionNames("rope", options, optionNames);
  commonBackend("rope", x, cos, sin, options.positions);
  requireFloat("rope", "x", x);
  return x.rank === 4 ? byRows(x, cos, sin, options) : byPositions(x, cos, sin, options);
}

function byPositions(x: Tensor, cos: Tensor, sin: Tensor, { pairing, positions }: RopeOptions): Tensor {
  requireShape("rope", "x", x, [-1, -1, -1]);
  const [N] = x.shape as [number];
  if (!positions)
    throw new ArgumentError("rope", `x ${formatShape(x.shape)} has no positions; give them as [${N}] i32`, {
      x: x.shape,
    });
  if (positions.dtype !== "i32")
    throw new DTypeError("rope", `positions are ${positions.dtype}; expected i32`, { given: positions.dtype });
  requireShape("rope", "positions", positions, [N]);
  requireTables("rope", x, cos, sin);
  return runFused("rope", x.backend, { shape: x.shape, dtype: x.dtype }, { x, cos, sin, positions }, { pairing }, () =>
    composeRope(x, cos, sin, positions, pairing),
  );
}

function byRows(x: Tensor, cos: Tensor, sin: Tensor, { pairing, positions }: RopeOptions): Tensor {
  const [B, H, T, D] = x.shape as [number, number, number, number];
  if (positions)
    throw new ArgumentError("rope", `positions beside x ${formatShape(x.shape)}; expected x [N, H, D]`, { x: x.shape });
  const half = cos.shape.at(-1) ?? 0;
  if (cos.rank !== 3 || cos.shape[1] !== T || (cos.shape[0] !== B && cos.shape[0] !== 1) || 2 * half > D)
    throw new ShapeError(
      "rope",
      `cos ${formatShape(cos.shape)} for x ${formatShape(x.shape)}; expected [B or 1, T, R/2], R ≤ D`,
      { cos: cos.shape, x: x.shape },
    );
  requireAlike("rope", cos, sin);
  return scope(() => {
    const rows = reshape(permute(x, [0, 2, 1, 3]), [B * T, H, D]);
    const table = (t: Tensor): Tensor => reshape(t, [t.shape[0] * T, half]);
    const count = arange(x.backend, 0, cos.shape[0] * T);
    const each = cos.shape[0] === B ? count : reshape(expand(unsqueeze(count, 0), [B, T]), [B * T]);
    const turned = byPositions(rows, table(cos), table(sin), { pairing, positions: each }); // [B·T, H, D]
    return permute(reshape(turned, [B, T, H, D]), [0, 2, 1, 3]);
  });
}

/** @throws ShapeError, DTypeError unless cos and sin are tables `[M, R/2]` for x `[N, H, D]` */
export function requireTables(op: string, x: Tensor, cos: Tensor, sin: Tensor): void {
  const [N, , D] = x.shape as [number, number, number];
  const half = cos.shape.at(-1) ?? 0;
  if (cos.rank !== 2 || 2 * half > D || (cos.shape[0] === 0 && N > 0))
    throw new ShapeError(
      op,
      `cos ${formatShape(cos.shape)} for x ${formatShape(x.shape)}; expected [M, R/2], M ≥ 1, R ≤ D`,
      { cos: cos.shape, x: x.shape },
    );
  requireAlike(op, cos, sin);
}

function requireAlike(op: string, cos: Tensor, sin: Tensor): void {
  requireFloat(op, "cos", cos);
  requireFloat(op, "sin", sin);
  if (!sameShape(cos.shape, sin.shape))
    throw new ShapeError(op, `cos ${formatShape(cos.shape)} and sin ${formatShape(sin.shape)} differ`, {
      cos: cos.shape,
      sin: sin.shape,
    });
}
