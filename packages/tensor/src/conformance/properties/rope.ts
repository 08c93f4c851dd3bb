import fc from "fast-check";
import type { Backend } from "../../contract/backend.ts";
import { usualFill, given, drawnValues } from "../draws/argument.ts";
import type { RopePairing } from "../../contract/kernels.ts";
import { rope } from "../../ops/fused/rope.ts";
import { permute, reshape } from "../../ops/view.ts";
import type { Tensor } from "../../tensor.ts";
import type { Property } from "../case.ts";
import { expectSame, expectWithin, type Tolerance } from "../compare.ts";
import { at, expected, type TensorValues } from "../tensor-values.ts";
import { download, uploadDense } from "../draws/memory-layout.ts";
import { session } from "../session.ts";
import { seeds } from "../draws/shapes.ts";

interface RotationDraw {
  readonly pairing: RopePairing;
  readonly pairs: number;
  /** Position of the first of two tokens, and how far the second is from it. */
  readonly position: number;
  readonly distance: number;
  readonly shift: number;
  readonly seed: number;
}

const draws: fc.Arbitrary<RotationDraw> = fc.record({
  pairing: fc.constantFrom("interleaved", "half"),
  pairs: fc.integer({ min: 1, max: 9 }),
  position: fc.nat({ max: 50 }),
  distance: fc.nat({ max: 20 }),
  shift: fc.nat({ max: 200 }),
  seed: seeds,
});

/** Angles position·10000^(−i/pairs), in f64. */
const angles = (positions: readonly number[], pairs: number): number[] =>
  positions.flatMap((position) => Array.from({ length: pairs }, (_, i) => position * 10000 ** (-i / pairs)));

/** x [1, 1, T, D] turned by the angles of its positions; `sign` −1 turns back. */
const turn = (backend: Backend, x: Tensor, positions: readonly number[], pairing: RopePairing, sign = 1): Tensor => {
  const pairs = x.shape[3] / 2;
  const table = angles(positions, pairs);
  const make = (values: number[]): Tensor =>
    uploadDense(backend, drawnValues(given("f32", [1, positions.length, pairs], values)));
  return rope(x, make(table.map(Math.cos)), make(table.map((angle) => sign * Math.sin(angle))), { pairing });
};

const heads = (T: number, pairs: number, seed: number): TensorValues =>
  drawnValues({ ...given("f32", [1, 1, T, 2 * pairs], [0]), fill: usualFill("f32", seed) });

const tolerance: Tolerance = {
  kind: "relative",
  factor: 6,
  terms: 1,
  intermediate: "f32",
  reason: "cosines and sines rounded to f32, one rotation or two",
};

const dot = (x: TensorValues, s: number, y: TensorValues, t: number): readonly [number, number] => {
  const products = Array.from({ length: x.shape[3] }, (_, d) => at(x, 0, 0, s, d) * at(y, 0, 0, t, d));
  return [products.reduce((a, b) => a + b, 0), products.reduce((a, b) => a + Math.abs(b), 0)];
};

const keepsNorm: Property<RotationDraw> = {
  title: "keeps the norm of every head",
  draws,
  holds: (backend, { pairing, pairs, position, seed }, slack) =>
    session(async (s) => {
      const x = heads(1, pairs, seed);
      const y = await download(s.run(() => turn(backend, uploadDense(backend, x), [position], pairing)));
      const norm = (t: TensorValues): TensorValues => ({
        dtype: "f32",
        shape: [],
        data: Float64Array.of(Math.sqrt(dot(t, 0, t, 0)[0])),
      });
      expectWithin(
        "norm after the turn",
        norm(y),
        expected("f32", [], () => norm(x).data[0]),
        tolerance,
        slack,
      );
    }),
};

const inverts: Property<RotationDraw> = {
  title: "turning by θ, then by −θ, gives x",
  draws,
  holds: (backend, { pairing, pairs, position, seed }, slack) =>
    session(async (s) => {
      const x = heads(2, pairs, seed);
      const positions = [position, position + 1];
      const back = await download(
        s.run(() => turn(backend, turn(backend, uploadDense(backend, x), positions, pairing), positions, pairing, -1)),
      );
      const size = Math.max(...x.data.map(Math.abs));
      expectWithin(
        "turned forth and back",
        back,
        expected("f32", x.shape, (_, i) => [x.data[i], size]),
        tolerance,
        slack,
      );
    }),
};

const relative: Property<RotationDraw> = {
  title: "q·k depends on the distance of positions only",
  draws,
  holds: (backend, { pairing, pairs, position, distance, shift, seed }, slack) =>
    session(async (s) => {
      const q = heads(1, pairs, seed);
      const k = heads(1, pairs, seed + 1);
      const score = async (offset: number): Promise<readonly [number, number]> => {
        const [tq, tk] = s.run(() => [
          turn(backend, uploadDense(backend, q), [position + offset], pairing),
          turn(backend, uploadDense(backend, k), [position + distance + offset], pairing),
        ]);
        return dot(await download(tq), 0, await download(tk), 0);
      };
      const [near, nearSize] = await score(0);
      const [far, farSize] = await score(shift);
      // Rotation moves weight between summands, so the bound is on the norms, not on this sum's terms.
      const size = Math.max(nearSize, farSize, Math.sqrt(dot(q, 0, q, 0)[0] * dot(k, 0, k, 0)[0]));
      const got: TensorValues = { dtype: "f32", shape: [], data: Float64Array.of(far) };
      expectWithin(
        `q·k, both ${shift} positions later`,
        got,
        expected("f32", [], () => [near, size]),
        {
          ...tolerance,
          terms: 2 * pairs,
        },
        slack,
      );
    }),
};

interface RowsDraw {
  readonly pairing: RopePairing;
  readonly B: number;
  readonly H: number;
  readonly T: number;
  readonly pairs: number;
  readonly rest: number;
  /** One row of angles for all rows of x. */
  readonly shared: boolean;
  /** x lies as a projection leaves it, `[B, T, H, D]`. */
  readonly permuted: boolean;
  readonly seed: number;
}

/** Rows of x `[B, H, T, D]` with angles of their own, against the same tokens one by one. */
const rowsAreTokens: Property<RowsDraw> = {
  title: "rows [B, H, T, D] are tokens at the rows of their tables",
  draws: fc.record({
    pairing: fc.constantFrom("interleaved", "half"),
    B: fc.integer({ min: 1, max: 3 }),
    H: fc.integer({ min: 1, max: 3 }),
    T: fc.integer({ min: 0, max: 4 }),
    pairs: fc.integer({ min: 1, max: 5 }),
    rest: fc.nat({ max: 2 }),
    shared: fc.boolean(),
    permuted: fc.boolean(),
    seed: seeds,
  }),
  holds: (backend, { pairing, B, H, T, pairs, rest, shared, permuted, seed }) =>
    session(async (s) => {
      const D = 2 * pairs + rest;
      const filled = (shape: readonly number[], at: number): TensorValues =>
        drawnValues({ ...given("f32", shape, [0]), fill: usualFill("f32", seed + at) });
      const x = filled(permuted ? [B, T, H, D] : [B, H, T, D], 0);
      const [cos, sin] = [filled([shared ? 1 : B, T, pairs], 1), filled([shared ? 1 : B, T, pairs], 2)];
      const rows = await download(
        s.run(() => {
          const stored = uploadDense(backend, x);
          const [c, n] = [uploadDense(backend, cos), uploadDense(backend, sin)];
          return rope(permuted ? permute(stored, [0, 2, 1, 3]) : stored, c, n, { pairing });
        }),
      );
      const places = Array.from({ length: B * T }, (_, n) => (shared ? n % T : n));
      const tokens = await download(
        s.run(() => {
          const stored = uploadDense(backend, x);
          const heads = reshape(permuted ? stored : permute(stored, [0, 2, 1, 3]), [B * T, H, D]);
          const positions = uploadDense(backend, drawnValues(given("i32", [B * T], places.length > 0 ? places : [0])));
          const table = (t: TensorValues): Tensor =>
            uploadDense(backend, {
              ...t,
              shape: [Math.max(1, t.shape[0] * T), pairs],
              data: t.data.length > 0 ? t.data : new Float64Array(pairs),
            });
          return rope(heads, table(cos), table(sin), { pairing, positions });
        }),
      );
      const { data } = expected("f32", [B, H, T, D], ([b, h, t, d]) => at(tokens, b * T + t, h, d));
      expectSame("rows beside tokens", rows, { dtype: "f32", shape: [B, H, T, D], data });
    }),
};

/** Rotary embedding is a rotation, and its scores are relative (Su et al., arXiv 2104.09864, §3.1). */
export const ropeProperties: readonly Property[] = [keepsNorm, inverts, relative, rowsAreTokens];
