import { mutantsOf, type Mutant } from "./mutant.ts";

const loop = (name: string): string => `backends/host/${name}.ts`;

/** Bugs in what the typed-array kernels loop with: lanes, runs of strided elements, tiles, tails. */
export const hostLoopMutants: readonly Mutant[] = [
  ...mutantsOf(
    loop("lanes"),
    "linear",
    [
      "bulk loads ignore where to",
      "lanes.set(array.subarray(at, at + n), to)",
      "lanes.set(array.subarray(at, at + n), 0)",
    ],
    ["bulk loads ignore the stride", "if (stride === 1 && n >= BULK) lanes", "if (n >= BULK) lanes"],
    ["bulk stores ignore the stride", "if (stride === 1 && n >= BULK) array", "if (n >= BULK) array"],
    ["bulk loads drop the last element", "array.subarray(at, at + n), to", "array.subarray(at, at + n - 1), to"],
    [
      "16-bit loads drop the tail",
      "for (; i < n; i++) lanes[to + i] = table",
      "for (; i < n - 1; i++) lanes[to + i] = table",
    ],
    ["16-bit loads repeat a look-up", "table[array[p + 2]]", "table[array[p + 1]]"],
    ["16-bit loads take the fast path for any stride", "    if (stride === 1) {", "    if (stride > 0) {"],
    ["bools are stored unchecked", "lanes[from + i] === 0 ? 0 : 1", "lanes[from + i]"],
    ["f16 stores truncate", "encodeF16(lanes[from + i])", "encodeF16(Math.trunc(lanes[from + i] * 64) / 64)"],
  ),
  ...mutantsOf(
    loop("map-lanes"),
    "unary",
    [
      "later blocks of a strided run start too early",
      "runs.at[o + 1] + start * step, step",
      "runs.at[o + 1] + start, step",
    ],
    ["every block is full", "Math.min(LANES, runs.length - start)", "LANES"],
    [
      "the last block is dropped",
      "start < runs.length; start += LANES",
      "start + LANES <= runs.length; start += LANES",
    ],
    ["all operands use the first one's step", "const step = runs.step[o + 1];", "const step = runs.step[1];"],
  ),
  ...mutantsOf(
    loop("map-rows"),
    "softmax",
    ["rows advance by the output's step", "at[1] + i * step[1]", "at[1] + i * step[0]"],
    ["rows are read without their stride", "at[1] + i * step[1], x.layout.strides[axis]", "at[1] + i * step[1], 1"],
    ["a parameter's offset is dropped", "shape[0], array, offset, strides[0]", "shape[0], array, 0, strides[0]"],
    ["a parameter's stride is dropped", "shape[0], array, offset, strides[0]", "shape[0], array, offset, 1"],
  ),
  ...mutantsOf(
    loop("strided-runs"),
    "copy",
    [
      "axes merge where only the output allows",
      "for (let o = 0; o < layouts.length; o++) {\n      if (layouts[o].strides",
      "for (let o = 0; o < 1; o++) {\n      if (layouts[o].strides",
    ],
    ["an axis resets one stride too far", "stride[o] * (size - 1)", "stride[o] * size"],
    ["offsets are dropped", "this.at[o] = layouts[o].offset", "this.at[o] = 0"],
    ["empty shapes have one run", 'if (shape[axis] === 0) this.#state = "done";', ""],
    ["an axis is not restarted", "this.#index[axis] = 0;\n      for", "for"],
    [
      "the outermost axis is left out",
      "for (let axis = shape.length - 1; axis >= 0; axis--)",
      "for (let axis = shape.length - 1; axis > 0; axis--)",
    ],
  ),
  ...mutantsOf(
    loop("matvec"),
    "linear",
    [
      "the f32 tail drops the last row",
      "for (; n < N; n++) {\n    const p = at + n * rowStride;\n    let s = 0;\n    for (let k = 0; k < K; k++) s += w[",
      "for (; n < N - 1; n++) {\n    const p = at + n * rowStride;\n    let s = 0;\n    for (let k = 0; k < K; k++) s += w[",
    ],
    ["an f32 row is summed twice", "s4 += w[p4 + k] * v", "s4 += w[p3 + k] * v"],
    ["a 16-bit row ignores k", "s5 += table[w[p5 + k]] * v", "s5 += table[w[p5]] * v"],
    [
      "the 16-bit tail drops the last product",
      "for (let k = 0; k < K; k++) s += table",
      "for (let k = 0; k < K - 1; k++) s += table",
    ],
    [
      "the f32 tail starts at the second product",
      "for (let k = 0; k < K; k++) s += w",
      "for (let k = 1; k < K; k++) s += w",
    ],
    ["an f32 row subtracts", "s0 += w[p0 + k] * v", "s0 -= w[p0 + k] * v"],
  ),
  ...mutantsOf(
    loop("tile"),
    "matmul",
    ["a product of the 4×4 tile has the wrong factor", "s21 += x2 * y", "s21 += x1 * y"],
    ["two sums of the 4×4 tile are swapped", "sums[6] = s12", "sums[6] = s21"],
    [
      "the 4×4 tile drops the first product",
      "for (let k = 0; k < K; k++) {\n    const x0",
      "for (let k = 1; k < K; k++) {\n    const x0",
    ],
    ["the 1×4 tile reads a column twice", "s3 += x * b[b3 + k]", "s3 += x * b[b2 + k]"],
    [
      "the 1×4 tile drops the last product",
      "for (let k = 0; k < K; k++) {\n    const x = a",
      "for (let k = 0; k < K - 1; k++) {\n    const x = a",
    ],
    ["the 4×4 tile keeps the last product only", "s33 += x3 * y", "s33 = x3 * y"],
  ),
  ...mutantsOf(
    loop("product"),
    "matmul",
    ["tiles are stored past the last column", "Math.min(4, N - n0)", "4"],
    ["the last rows are dropped", "for (; r < rows; r++)", "for (; r < rows - 1; r++)"],
    ["a tile is stored at the first column", "(m0 + r) * N + n0, N, 4", "(m0 + r) * N, N, 4"],
    [
      "packed rows ignore where they start",
      "source.at + (first + r) * source.rowStride",
      "source.at + r * source.rowStride",
    ],
    ["packed rows ignore their stride along K", "source.rowStride, source.step)", "source.rowStride, 1)"],
    ["later blocks pack the first rows", "pack(left, a, m0, rows, K)", "pack(left, a, 0, rows, K)"],
    ["the output's offset is dropped", "out.at + (m0 + r) * N + n0, N, 1", "(m0 + r) * N + n0, N, 1"],
    [
      "f16 results get no bias",
      "encodeF16(sums[4 * r + c] + (bias === null ? 0 : bias[n0 + c]))",
      "encodeF16(sums[4 * r + c])",
      "unreachable: linear of 16-bit activations runs by its composition, and matmul has no bias",
    ],
  ),
  ...mutantsOf(loop("product"), "linear", [
    "the bias of a tile starts at the first column",
    "sums[4 * r + c] + (bias === null ? 0 : bias[n0 + c]);\n  }\n};\n\nconst flushF16",
    "sums[4 * r + c] + (bias === null ? 0 : bias[c]);\n  }\n};\n\nconst flushF16",
  ]),
  ...mutantsOf(
    loop("mix-rows"),
    "attention",
    ["a value gets its neighbour's weight", "w2 * rows[r2 + d]", "w1 * rows[r2 + d]"],
    ["a hidden key among four is mixed in", " || weights[at + s + 3] < 0", ""],
    ["NaN weights are skipped", "if (!(w0 < 0))", "if (w0 > 0)"],
    ["the last key is left out", "while (s < last)", "while (s + 1 < last)"],
    ["the accumulator is overwritten", "acc[accAt + d] = acc[accAt + d] + w0", "acc[accAt + d] = w0"],
  ),
  ...mutantsOf(
    loop("move"),
    "copy",
    ["block copies ignore the source's step", "toStep === 1 && fromStep === 1", "toStep === 1"],
    ["later blocks of a strided run start too early", "fromAt + start * fromStep", "fromAt + start"],
    [
      "f32 copies drop the last element",
      "const moveF32: Move = (to, toAt, toStep, from, fromAt, fromStep, n) => {\n  for (let i = 0; i < n;",
      "const moveF32: Move = (to, toAt, toStep, from, fromAt, fromStep, n) => {\n  for (let i = 0; i < n - 1;",
    ],
    ["bits are copied between dtypes", 'to !== from || to === "bool"', 'to === "bool"'],
  ),
  ...mutantsOf(
    loop("erf"),
    "unary",
    ["a Taylor term is missing", "for (let n = TERMS - 1; n > 0; n--) sum", "for (let n = TERMS - 1; n > 1; n--) sum"],
    ["erf loses its sign", "x < 0 ? -sum : sum", "sum"],
    [
      "erf of large numbers runs past the table",
      "if (!(magnitude < 6)) return erf(x);",
      "if (Number.isNaN(x)) return x;",
    ],
  ),
];
