import { beforeAll, describe, expect, test } from "vitest";
import {
  add,
  any,
  argmin,
  ArgumentError,
  conv1d,
  createBackend,
  cumsum,
  DTypeError,
  einsum,
  flip,
  logSoftmax,
  logsumexp,
  matmul,
  min,
  oneHot,
  ones,
  pad,
  prod,
  randn,
  round,
  scope,
  ShapeError,
  sign,
  slice,
  sort,
  sum,
  takeAlongAxis,
  tensor,
  topk,
  tril,
  triu,
  where,
  type Backend,
  type DType,
  type Tensor,
} from "@helium-lm/tensor";

let backend: Backend;
beforeAll(async () => {
  backend = await createBackend("cpu");
});

const make = (shape: readonly number[], dtype: DType = "f32"): Tensor => ones(backend, shape, dtype);
const ints = (...values: readonly number[]): Tensor => tensor(backend, [...values], { dtype: "i32" });

describe("misuse names the op, what was given and what was expected", () => {
  type Case = readonly [title: string, run: () => unknown, error: abstract new (...args: never) => Error, says: RegExp];
  const cases: readonly Case[] = [
    // The types refuse two numbers; plain JavaScript meets the error.
    [
      "two numbers",
      () => add(1 as unknown as Tensor, 2),
      ArgumentError,
      /^add: 1 and 2 are both numbers; make one of them/,
    ],
    ["bool sums", () => sum(make([2], "bool")), DTypeError, /^sum: x is bool; cast/],
    ["bool product", () => prod(make([2], "bool")), DTypeError, /^prod: x is bool; cast/],
    ["axis named twice", () => sum(make([2, 3]), [0, -2]), ShapeError, /^sum: axes \[0, -2\] .*give each once/],
    ["axis outside", () => any(make([2]), 1), ShapeError, /^any: axis 1 is outside rank 1/],
    [
      "empty minimum",
      () => min(make([2, 0]), 1),
      ShapeError,
      /^min: axis 1 of \[2, 0\] is empty, so it has no minimum/,
    ],
    ["empty argmin", () => argmin(make([0])), ShapeError, /^argmin: \[0\] is empty/],
    ["bool rounded", () => round(make([1], "bool")), DTypeError, /^round: x is bool/],
    ["bool sign", () => sign(make([1], "bool")), DTypeError, /^sign: x is bool/],
    ["logsumexp of ints", () => logsumexp(ints(1)), DTypeError, /^logsumexp: x is i32/],
    ["logSoftmax of ints", () => logSoftmax(ints(1)), DTypeError, /^logSoftmax: x is i32/],
    ["where by numbers", () => where(make([2]), 1, 0), DTypeError, /^where: condition is f32; expected bool/],
    ["tril of a vector", () => tril(make([3])), ShapeError, /^tril: x is \[3\]; expected \[\.\.\., M, N\]/],
    ["triu of a vector", () => triu(make([3])), ShapeError, /^triu: x is \[3\]/],
    [
      "widths for one axis of two",
      () => pad(make([2, 2]), [[1, 1]]),
      ShapeError,
      /^pad: widths \[\[1,1\]\] do not fit \[2, 2\]/,
    ],
    ["negative widths", () => pad(make([2]), [[-1, 0]]), ShapeError, /^pad: .* ≥ 0 for each axis/],
    ["flip's axis", () => flip(make([2]), 3), ShapeError, /^flip: axis 3/],
    ["too many ranges", () => slice(make([2]), [null, 0]), ShapeError, /^slice: 2 ranges for \[2\]/],
    [
      "entry outside",
      () => slice(make([2, 3]), [0, 3]),
      ShapeError,
      /^slice: entry 3 is outside axis 1 of \[2, 3\]; .* -3 to 2/,
    ],
    [
      "a step of 0",
      () => slice(make([2]), [[null, null, 0]]),
      ArgumentError,
      /^slice: range \[null, null, 0\] of axis 0/,
    ],
    ["half a step", () => slice(make([2]), [[null, null, 0.5]]), ArgumentError, /^slice: .*whole numbers/],
    ["sort's axis", () => sort(make([2]), 1), ShapeError, /^sort: axis 1/],
    [
      "k beyond the axis",
      () => topk(make([2, 3]), 4),
      ArgumentError,
      /^topk: k is 4; expected a whole number up to 3 for axis -1 of \[2, 3\]/,
    ],
    ["half an element", () => topk(make([3]), 0.5), ArgumentError, /^topk: k is 0.5/],
    [
      "float indices",
      () => takeAlongAxis(make([2]), make([1])),
      DTypeError,
      /^takeAlongAxis: indices are f32; expected i32/,
    ],
    ["ranks", () => takeAlongAxis(make([2, 2]), ints(0)), ShapeError, /^takeAlongAxis: indices \[1\] beside \[2, 2\]/],
    [
      "index past the end",
      () => takeAlongAxis(make([2]), ints(2)),
      ArgumentError,
      /^takeAlongAxis: index 2 is outside \[-2, 2\)/,
    ],
    [
      "index before the start",
      () => takeAlongAxis(make([2]), ints(-3)),
      ArgumentError,
      /^takeAlongAxis: index -3 is outside \[-2, 2\)/,
    ],
    ["class outside", () => oneHot(ints(4), 4), ArgumentError, /^oneHot: index 4 is outside \[0, 4\)/],
    ["negative class", () => oneHot(ints(-1), 4), ArgumentError, /^oneHot: index -1 is outside/],
    ["half a class", () => oneHot(ints(0), 1.5), ArgumentError, /^oneHot: classes is 1.5/],
    ["bool running sums", () => cumsum(make([2], "bool")), DTypeError, /^cumsum: x is bool/],
    ["integer noise", () => randn(backend, [2], 1, "i32"), DTypeError, /^randn: dtype is i32/],
    ["half a seed", () => randn(backend, [2], 0.5), ArgumentError, /^Rng: seed is 0.5/],
    ["vector lengths", () => matmul(make([2]), make([3])), ShapeError, /^matmul: \[2\] × \[3\]/],
    ["no operand", () => einsum(""), ArgumentError, /^einsum: "" has no operand/],
    ["no equation", () => einsum("i->j->k", make([2])), ArgumentError, /^einsum: "i->j->k" has more than one "->"/],
    ["terms", () => einsum("ij,jk", make([2, 2])), ArgumentError, /^einsum: "ij,jk" has 2 terms for 1 operands/],
    [
      "ranks of a term",
      () => einsum("ij", make([2])),
      ArgumentError,
      /^einsum: "ij" names 2 axes of operand 0, which has rank 1/,
    ],
    [
      "axes left over",
      () => einsum("i", make([2, 2])),
      ArgumentError,
      /^einsum: "i" names 1 axes of operand 0, .*"\.\.\."/,
    ],
    [
      "signs",
      () => einsum("i+j", make([2, 2])),
      ArgumentError,
      /^einsum: "i\+j" has the term "i\+j"; expected letters/,
    ],
    [
      "new labels",
      () => einsum("ij->ik", make([2, 2])),
      ArgumentError,
      /^einsum: "ij->ik" has "k" in its result, which no operand has/,
    ],
    [
      "labels twice",
      () => einsum("ij->ii", make([2, 2])),
      ArgumentError,
      /^einsum: "ij->ii" has "i" twice in its result/,
    ],
    [
      "lengths",
      () => einsum("ij,jk", make([2, 3]), make([2, 2])),
      ShapeError,
      /^einsum: .*"j" has length 2 in operand 1 \[2, 2\] beside 3/,
    ],
    [
      "no diagonal",
      () => einsum("ii", make([2, 3])),
      ShapeError,
      /^einsum: "ii": axis "i" has length 3 in operand 0 \[2, 3\] beside 2/,
    ],
    ["bools", () => einsum("i", make([2], "bool")), DTypeError, /^einsum: operands are bool/],
    ["filters", () => conv1d(make([4, 9]), make([2, 4])), ShapeError, /^conv1d: weight is \[2, 4\]/],
    [
      "channels",
      () => conv1d(make([1, 3, 9]), make([2, 4, 3])),
      ShapeError,
      /^conv1d: x is \[1, 3, 9\] beside weight \[2, 4, 3\]/,
    ],
    [
      "groups",
      () => conv1d(make([4, 9]), make([3, 2, 3]), undefined, { groups: 2 }),
      ShapeError,
      /^conv1d: weight .* multiple of groups/,
    ],
    [
      "a window too long",
      () => conv1d(make([4, 2]), make([2, 4, 3])),
      ShapeError,
      /^conv1d: x \[4, 2\] has 2 elements .* pad more/,
    ],
    [
      "bias",
      () => conv1d(make([4, 9]), make([2, 4, 3]), make([3])),
      ShapeError,
      /^conv1d: bias is \[3\]; expected \[2\]/,
    ],
    [
      "strided same",
      () => conv1d(make([4, 9]), make([2, 4, 3]), undefined, { padding: "same", stride: 2 }),
      ArgumentError,
      /^conv1d: padding "same" with stride 2/,
    ],
    [
      "stride 0",
      () => conv1d(make([4, 9]), make([2, 4, 3]), undefined, { stride: 0 }),
      ArgumentError,
      /^conv1d: stride is 0; expected a whole number ≥ 1/,
    ],
    [
      "negative padding",
      () => conv1d(make([4, 9]), make([2, 4, 3]), undefined, { padding: -1 }),
      ArgumentError,
      /^conv1d: padding is -1/,
    ],
    [
      "mixed dtypes",
      () => conv1d(make([4, 9]), make([2, 4, 3], "f16")),
      DTypeError,
      /^conv1d: dtypes differ: f32 and f16/,
    ],
  ];
  test.each(cases)("%s", (_, run, error, says) => {
    expect(() => scope(() => void run())).toThrow(error);
    expect(() => scope(() => void run())).toThrow(says);
  });

  test("leaves nothing behind", () => {
    const { handles } = backend.memory();
    for (const [, run] of cases) expect(() => scope(() => void run())).toThrow();
    expect(backend.memory().handles).toBe(handles);
  });
});
