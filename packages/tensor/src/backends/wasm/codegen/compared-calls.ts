import type { Operand, QuantFormatName } from "../../../contract/operand.ts";
import type { DType } from "../../../dtypes/dtype.ts";
import { activationCodes } from "../kernels/elementwise.ts";
import { panelFormats } from "../quant-layout.ts";
import type { CallOperands } from "./call-operands.ts";

type Call = (operands: CallOperands) => void;

const floats = ["f32", "bf16", "f16"] as const satisfies readonly DType[];
const formats = Object.keys(panelFormats) as QuantFormatName[];

const named = <T extends string>(names: readonly T[], name: (one: T) => string, call: (one: T) => Call) =>
  Object.fromEntries(names.map((one) => [name(one), call(one)]));

/** x [M, 77] · w [19, 77]ᵀ: rows by ones, twos and fours, then tiles of every height and their edges. */
const linear =
  (dtype: DType): Call =>
  (o) => {
    const weight = o.input([19, 77], dtype);
    for (const M of [1, 2, 5, 7, 13, 14, 15]) o.call("linear", o.out([M, 19]), { x: o.input([M, 77]), weight }, {});
  };

/** M rows in groups of 4, 2 and 1, eleven columns: a whole panel and a padded one. */
const quantMatmul =
  (format: QuantFormatName): Call =>
  (o) => {
    const weight = o.blocks(format, 11, 512);
    for (const M of [1, 2, 3, 4, 7]) o.call("quantMatmul", o.out([M, 11]), { x: o.input([M, 512]), weight }, {});
  };

const gatedProjection =
  (format: QuantFormatName): Call =>
  (o) => {
    const [gate, up] = [o.blocks(format, 11, 512), o.blocks(format, 11, 512)];
    for (const M of [1, 7])
      o.call(
        "gatedProjection",
        o.out([M, 11]),
        { x: o.input([M, 512]), gate, up },
        { eps: 1e-5, weightMode: "f32-mul", activation: "silu" },
      );
  };

const SLOTS = 70;

/** Tokens and query heads on two heads of keys, so that a tile has 1, 2, 3, 4, 5 or all of its rows. */
const shapes = [
  [1, 2],
  [1, 4],
  [1, 6],
  [1, 8],
  [1, 10],
  [8, 6],
] as const;

/** 70 slots in two pages. */
const attention =
  (dtype: DType, isPool = false): Call =>
  (o) => {
    for (const [T, H] of shapes) {
      const pool = [2, 2, 64, 40];
      const scaled = dtype === "i8";
      const stored = scaled ? (i: number): number => (i % 255) - 127 : undefined;
      const side = (): Operand => (isPool ? written(o, pool, dtype) : o.input(pool, dtype, stored));
      o.call(
        "attention",
        o.out([T, H, 40]),
        {
          q: o.input([T, H, 40]),
          keys: side(),
          values: side(),
          tables: o.input([1, 2], "i32", (i) => i % 2),
          queryStarts: o.values([0, T]),
          lengths: o.values([SLOTS]),
          ...(scaled && {
            keyScales: o.input(pool.slice(0, 3), "f32", (i) => (1 + (i % 7)) / 300),
            valueScales: o.input(pool.slice(0, 3), "f32", (i) => (1 + (i % 5)) / 300),
          }),
        },
        { scale: 0.3, causal: true, window: null, softcap: null },
      );
    }
  };

/** A pool filled as a cache is: what is known of its numbers is known of it then. */
function written(o: CallOperands, [pages = 0, K = 0, P = 0, D = 0]: readonly number[], dtype: DType): Operand {
  const pool = o.out([pages, K, P, D], dtype);
  o.call("fill", pool, {}, { value: 0 });
  const slots = o.input([pages * P], "i32", (i) => i % (pages * P));
  o.call("scatterRows", pool, { rows: o.input([pages * P, K, D]), slots }, {});
  return pool;
}

/** Rows of 77, and what works on them element by element. */
const rows: Readonly<Record<string, Call>> = {
  softmax: (o) => o.call("softmax", o.out([3, 77]), { x: o.input([3, 77]) }, {}),
  rmsNorm: (o) =>
    o.call(
      "rmsNorm",
      o.out([3, 77]),
      { x: o.input([3, 77]), weight: o.input([77]) },
      { eps: 1e-5, weightMode: "f32-mul" },
    ),
  layerNorm: (o) =>
    o.call(
      "layerNorm",
      o.out([3, 77]),
      { x: o.input([3, 77]), weight: o.input([77]), bias: o.input([77]) },
      { eps: 1e-5 },
    ),
  rope: (o) => {
    for (const pairing of ["half", "interleaved"] as const) {
      const [cos, sin] = [o.input([4, 18]), o.input([4, 18])];
      const positions = o.input([3], "i32", (i) => i % 4);
      o.call("rope", o.out([3, 2, 40]), { x: o.input([3, 2, 40]), cos, sin, positions }, { pairing });
    }
  },
  reduce: (o) => {
    for (const op of ["sum", "max", "argmax"] as const)
      o.call("reduce", o.out([3], op === "argmax" ? "i32" : "f32"), { x: o.input([3, 77]) }, { op });
  },
  unary: (o) => {
    for (const op of ["neg", "abs", "exp", "tanh"] as const) o.call("unary", o.out([77]), { x: o.input([77]) }, { op });
  },
  binary: (o) => {
    for (const op of ["add", "sub", "mul", "div", "max", "min"] as const)
      o.call("binary", o.out([77]), { a: o.input([77]), b: o.input([77], "f32", (i) => 1 + (i % 9)) }, { op });
  },
  gatedActivation: (o) => {
    for (const activation of Object.keys(activationCodes) as (keyof typeof activationCodes)[])
      o.call("gatedActivation", o.out([77]), { gate: o.input([77]), up: o.input([77]) }, { activation });
  },
  cast: (o) => {
    for (const dtype of ["bf16", "f16"] as const) {
      o.call("cast", o.out([77]), { x: o.input([77], dtype) }, {});
      o.call("cast", o.out([77], dtype), { x: o.input([77]) }, {});
    }
  },
  int8Rows: (o) => {
    const [x, scales] = [o.input([3, 77]), o.out([3])];
    o.call("int8Scales", scales, { x }, {});
    o.call("int8Levels", o.out([3, 77], "i8"), { x, scales }, {});
  },
};

/**
 * Calls of every kernel on vectors, at sizes that reach each of its tiles. Nothing is known of what they give but that
 * code compiled in two ways must give the same bits.
 */
export const comparedCalls: Readonly<Record<string, Call>> = {
  ...named(floats, (dtype) => `linear in ${dtype}`, linear),
  matmul: (o) => o.call("matmul", o.out([13, 70]), { a: o.input([13, 37]), b: o.input([37, 70]) }, {}),
  ...named(formats, (format) => `quantMatmul in ${format}`, quantMatmul),
  ...named(formats, (format) => `gatedProjection in ${format}`, gatedProjection),
  ...named(
    [...floats, "i8"],
    (dtype) => `attention in ${dtype}`,
    (dtype) => attention(dtype),
  ),
  "attention in f16 that are known to be finite": attention("f16", true),
  ...rows,
};
