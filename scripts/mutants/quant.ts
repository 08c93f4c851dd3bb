import { mutantsOf, type Mutant } from "./mutant.ts";

const quant = (name: string): string => `quant/formats/${name}.ts`;

/** Bugs in what reads block-quantised matrices; cpu and reference share the formats and the row reader. */
export const sharedQuantMutants: readonly Mutant[] = [
  ...mutantsOf(
    "backends/host/quant-rows.ts",
    "quantMatmul",
    ["a view starts at the storage's first row", "(firstRow + first) * rowBytes", "first * rowBytes"],
    ["all rows are read from the first", "(firstRow + first) * rowBytes", "firstRow * rowBytes"],
    ["the last row is read short", "out.subarray(0, count * columns)", "out.subarray(0, (count - 1) * columns)"],
  ),
  ...mutantsOf(
    "backends/host/quant-rows.ts",
    "gatherQuant",
    ["indices are read without their offset", "source[indices.layout.offset + n * stride]", "source[n * stride]"],
    ["indices are read without their stride", "offset + n * stride]", "offset + n]"],
    ["rows are written on top of each other", "out.layout.offset + n * columns", "out.layout.offset"],
    ["one index too many is accepted", "at >= rows)", "at > rows)"],
    ["negative indices are accepted", "at < 0 || ", ""],
  ),
  ...mutantsOf(
    quant("q8-0"),
    "gatherQuant",
    ["bytes have no sign", "((bytes[at + 2 + j] << 24) >> 24)", "bytes[at + 2 + j]"],
    ["weights start one byte late", "((bytes[at + 2 + j] << 24)", "((bytes[at + 3 + j] << 24)"],
  ),
  ...mutantsOf(
    quant("q4-0"),
    "gatherQuant",
    ["low and high nibbles swap", "d * ((pair & 15) - 8)", "d * ((pair >>> 4) - 8)"],
    ["levels start at −7", "((pair & 15) - 8)", "((pair & 15) - 7)"],
    ["the halves interleave", "out[to + 16 + j] = d", "out[to + 15 + j] = d"],
  ),
  ...mutantsOf(
    quant("q4-1"),
    "gatherQuant",
    ["the min is left out", "Math.fround(d * (pair & 15)) + m", "Math.fround(d * (pair & 15))"],
    ["the min is the scale", "f16At(bytes, at + 2)", "f16At(bytes, at)"],
  ),
  ...mutantsOf(
    quant("q5-0"),
    "gatherQuant",
    ["the second half has the first one's fifth bits", "(high >>> (j + 16)) & 1", "(high >>> j) & 1"],
    ["the fifth bit is worth eight", "((high >>> j) & 1) << 4", "((high >>> j) & 1) << 3"],
  ),
  ...mutantsOf(
    "quant/k-scales.ts",
    "gatherQuant",
    [
      "later scales lose their high bits",
      "scales[j + 4] = (low & 15) | ((s >>> 6) << 4);",
      "scales[j + 4] = low & 15;",
    ],
    ["later mins take the scales' high bits", "(low >>> 4) | ((m >>> 6) << 4)", "(low >>> 4) | ((s >>> 6) << 4)"],
    ["scales keep seven bits", "scales[j] = s & 63;", "scales[j] = s & 127;"],
  ),
  ...mutantsOf(
    quant("q6-k"),
    "gatherQuant",
    ["scales have no sign", "((bytes[at + 192 + group] << 24) >> 24)", "bytes[at + 192 + group]"],
    ["the second half has the first one's high bits", "at + 128 + 32 * half + 16", "at + 128 + 16"],
    ["the scale is in front", "f16At(bytes, at + 208)", "f16At(bytes, at)"],
  ),
  ...mutantsOf(
    quant("q3-k"),
    "gatherQuant",
    ["a set bit takes four off", "& 1 ? 0 : 4", "& 1 ? 4 : 0"],
    ["scales are not centred", "scaleOf(bytes, at + 96, group) - 32", "scaleOf(bytes, at + 96, group)"],
  ),
  ...mutantsOf(quant("q2-k"), "gatherQuant", ["the min is added", "& 3)) - min;", "& 3)) + min;"]),
  ...mutantsOf(
    quant("iq4-nl"),
    "gatherQuant",
    ["two levels swap", "-10, 1, 13", "-10, 13, 1"],
    ["the block is one byte long too few", "at += 18, to += 32", "at += 17, to += 32"],
  ),
];

/** Bugs in the product of the typed-array backend. */
export const cpuQuantMutants: readonly Mutant[] = mutantsOf(
  "backends/host/kernels/quant-matmul.ts",
  "quantMatmul",
  ["the second run of rows repeats the first", "readRows(panel, n0, count);", "readRows(panel, 0, count);"],
  ["few rows of x are read without their stride", "offset + m * rowStride, step)", "offset + m * K, step)"],
  ["few rows lose the bias", "sums[n] + shift[n0 + n]", "sums[n]"],
  ["many rows get the first run's bias", "shift.subarray(n0, n0 + count)", "shift.subarray(0, count)"],
  ["many rows are read without their offset", "at: x.layout.offset, rowStride, step }", "at: 0, rowStride, step }"],
  ["many rows are written to the first run's place", "offset + m * N + n0);", "offset + m * N);"],
  ["the bias keeps its last values", 'scratch.take("bias", N).fill(0, 0, N)', 'scratch.take("bias", N)'],
);

/** Bugs in the product of the defining backend. */
export const referenceQuantMutants: readonly Mutant[] = mutantsOf(
  "backends/reference/quant.ts",
  "quantMatmul",
  ["the last weight is dropped", "k < K; k++", "k < K - 1; k++"],
  ["the bias is subtracted", "total + shift([n])", "total - shift([n])"],
  ["all rows use the first one's weights", "readRows(row, n, 1)", "readRows(row, 0, 1)"],
  ["x is read transposed", "values[m * K + k] * row[k]", "values[k * x.layout.shape[0] + m] * row[k]"],
);
