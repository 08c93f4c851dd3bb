import fc from "fast-check";
import { given, type Argument } from "../../draws/argument.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../../errors.ts";
import { composeLogProbsOf, logProbsOf } from "../../../ops/fused/log-probs-of.ts";
import { tensor } from "../../../tensor.ts";
import type { Call, ConformanceCase } from "../../case.ts";
import { at, expected, sliceOf } from "../../tensor-values.ts";
import type { LayoutDraw } from "../../draws/memory-layout.ts";
import { laneLength, laneLengths, layouts, longLength, seeds } from "../../draws/shapes.ts";

type Params = Record<never, never>;

interface Draw {
  readonly M: number;
  readonly V: number;
  readonly layouts: readonly [LayoutDraw, LayoutDraw];
  readonly seed: number;
}

const call = ({ M, V, layouts: drawn, seed }: Draw, dtype: Argument["dtype"]): Call<"logProbsOf", Params> => ({
  inputs: {
    logits: { dtype, shape: [M, V], layout: drawn[0], fill: { kind: "normal", scale: 1 + (seed % 8), seed } },
    targets: { dtype: "i32", shape: [M], layout: drawn[1], fill: { kind: "integers", low: 0, high: V - 1, seed } },
  },
  params: {},
});

const contiguous: LayoutDraw = { kind: "contiguous", seed: 0 };
const plain = { layouts: [contiguous, contiguous] } as const;

/** out[m] = ln softmax(logits[m])[targets[m]] */
export const logProbsOfCase: ConformanceCase<"logProbsOf", Params> = {
  op: "logProbsOf",
  dtypes: ["f32"],
  variants: () => [""],
  elementwise: false,
  calls: ({ dtype }) =>
    fc
      .record({ M: fc.nat({ max: 5 }), V: laneLength, layouts: fc.tuple(layouts, layouts), seed: seeds })
      .map((draw) => call(draw, dtype)),
  examples: ({ dtype }) => [
    ...laneLengths.map((V, seed) => call({ M: 3, V, seed, ...plain }, dtype)),
    call({ M: 2, V: longLength, seed: 5, ...plain }, dtype),
    call({ M: 0, V: 7, seed: 5, ...plain }, dtype),
  ],
  specials: () =>
    [
      [3, -Infinity, 1],
      [-Infinity, -Infinity, -Infinity],
      [1, Infinity, 2],
      [1, NaN, 2],
      [3e38, -3e38, 3e38],
      [0, -0, 0],
    ].map((row) => ({
      inputs: { logits: given("f32", [2, 3], [...row, ...row]), targets: given("i32", [2], [0, 1]) },
      params: {},
    })),
  run: (_, { logits, targets }) => logProbsOf(logits, targets),
  compose: ({ logits, targets }) => composeLogProbsOf(logits, targets),
  oracle: ({ inputs: { logits, targets } }) =>
    expected("f32", targets.shape, ([m]) => {
      const row = Array.from({ length: logits.shape[1] }, (_, v) => at(logits, m, v));
      const top = row.reduce((a, b) => Math.max(a, b), -Infinity);
      const own = row[at(targets, m)] - top;
      const log = Math.log(row.reduce((sum, x) => sum + Math.exp(x - top), 0));
      return [own - log, Math.abs(own) + Math.abs(log) + 1];
    }),
  tolerance: (_, { inputs }) => ({
    kind: "relative",
    factor: 2,
    terms: inputs.logits.shape[1],
    intermediate: "f32",
    reason: "powers and their sum in f32 or wider",
  }),
  sprinkled: ["logits"],
  rows: ({ inputs: { logits, targets } }) =>
    Array.from({ length: logits.shape[0] }, (_, m) => ({
      title: `row ${m}`,
      call: { inputs: { logits: sliceOf(logits, 0, m), targets: sliceOf(targets, 0, m) }, params: {} },
      of: (result) => sliceOf(result, 0, m),
    })),
  misuses: ({ backend, make }) => [
    {
      title: "target past the end",
      run: () => logProbsOf(make([2, 3]), tensor(backend, [0, 3], { dtype: "i32" })),
      error: ArgumentError,
      mentions: ["logProbsOf", "3"],
    },
    {
      title: "negative target",
      run: () => logProbsOf(make([1, 3]), tensor(backend, [-100], { dtype: "i32" })),
      error: ArgumentError,
      mentions: ["logProbsOf", "-100"],
    },
    {
      title: "dtype of targets",
      run: () => logProbsOf(make([2, 3]), make([2])),
      error: DTypeError,
      mentions: ["logProbsOf", "f32", "i32"],
    },
    {
      title: "integer logits",
      run: () => logProbsOf(make([2, 3], "i32"), make([2], "i32")),
      error: DTypeError,
      mentions: ["logProbsOf", "logits", "i32"],
    },
    {
      title: "number of targets",
      run: () => logProbsOf(make([2, 3]), make([3], "i32")),
      error: ShapeError,
      mentions: ["logProbsOf", "targets", "[3]", "[2]"],
    },
    {
      title: "no vocabulary",
      run: () => logProbsOf(make([2, 0]), make([2], "i32")),
      error: ShapeError,
      mentions: ["logProbsOf", "[2, 0]"],
    },
  ],
};
