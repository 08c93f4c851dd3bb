import { mutantsOf, type Mutant } from "./mutant.ts";

const assembly = (name: string): string => `backends/wasm/assembly/${name}.ts`;
const generator = (name: string): string => `../../../scripts/wasm/${name}.ts`;

/** Bugs in how the seven formats that came last lie in files and panels; what is generated from it follows. */
const formatMutants: readonly Mutant[] = mutantsOf(
  generator("quant/panel-formats"),
  "quantMatmul",
  ["q5_0: nibbles start one byte early", 'splitNibbles("6"), adjacentBits(2)', 'splitNibbles("5"), adjacentBits(2)'],
  ["q5_0: fifth bits start one byte early", "adjacentBits(2)", "adjacentBits(1)"],
  ["q5_0: levels start at −15", "blockBytes: 176, offset: 16", "blockBytes: 176, offset: 15"],
  [
    "q5_0: the scale is read from the fifth bits",
    '{ name: "d", at: 160, file: 0 }],',
    '{ name: "d", at: 160, file: 2 }],',
  ],
  ["q5_1: nibbles start one byte early", 'splitNibbles("8"), ', 'splitNibbles("7"), '],
  ["q5_1: fifth bits start one byte late", "adjacentBits(4)", "adjacentBits(5)"],
  ["q5_1: the min is the scale", '{ name: "m", at: 176, file: 2 }', '{ name: "m", at: 176, file: 0 }'],
  ["q5_1: nibbles are the min", 'splitNibbles("8"), adjacentBits(4)', 'splitNibbles("2"), adjacentBits(4)'],
  ["q5_K: nibbles are the fifth bits", "pairedNibbles(48)", "pairedNibbles(16)"],
  ["q5_K: the fifth bit is worth eight", "bitOfBlock(16, 4)", "bitOfBlock(16, 3)"],
  ["q5_K: fifth bits start one byte late", "bitOfBlock(16, 4)", "bitOfBlock(17, 4)"],
  ["q5_K: mins are read where scales lie", "bytes: scaleAndMin(160)", "bytes: scaleAndMin(152)"],
  ["q3_K: low bits start one byte early", "quarters(32, 0)", "quarters(31, 0)"],
  ["q3_K: the high bit is worth two", "bitOfBlock(0, 2)", "bitOfBlock(0, 1)"],
  ["q3_K: levels start at −3", "group: 16, offset: 4", "group: 16, offset: 3"],
  [
    "q3_K: scales are not centred",
    "splitScale(file + 96, 2 * s + ${g}) - 32",
    "splitScale(file + 96, 2 * s + ${g}) - 31",
  ],
  ["q2_K: levels start one byte late", "quarters(16, 0)", "quarters(17, 0)"],
  ["q2_K: scale and min swap", 'signed: false, nibble: "low"', 'signed: false, nibble: "high"'],
  ["q2_K: the min is the scale", '{ name: "m", at: 16, file: 82 }', '{ name: "m", at: 16, file: 80 }'],
  [
    "q2_K: both groups have the first one's scale",
    "load<u8>(file + 2 * s, ${g}), ${64",
    "load<u8>(file + 2 * s, 0), ${64",
  ],
  ["iq4_nl: values are not centred", "blockBytes: 144, offset: 127", "blockBytes: 144, offset: 128"],
  ["iq4_xs: nibbles start one byte late", 'splitNibbles("8 + (s << 4)")', 'splitNibbles("9 + (s << 4)")'],
  ["iq4_xs: scales are not centred", "stripedScale(file + 2, s) - 32", "stripedScale(file + 2, s) - 31"],
  ["iq4_xs: all blocks have the first one's nibbles", 'splitNibbles("8 + (s << 4)")', 'splitNibbles("8")'],
);

const tileMutants: readonly Mutant[] = [
  ...mutantsOf(generator("quant/panel-format"), "quantMatmul", [
    "sums of 16 bits overflow",
    "32767 / (2 * 127 *",
    "32767 / (127 *",
  ]),
  ...mutantsOf(
    generator("quant/row-vectors"),
    "quantMatmul",
    ["iq4_nl: the first digit is worth nine", "i32x4.shl(${sum}, 4)", "i32x4.shl(${sum}, 3)"],
    ["iq4_xs: digits swap", '["first", "second"]', '["second", "first"]'],
  ),
  ...mutantsOf(
    generator("quant/looped-sums"),
    "quantMatmul",
    ["q5_0: every turn has the first one's fifth bits", "plane.bits * STEPS});`", "0});`"],
    ["q3_K: both groups have the first one's bits", "4 * bits * from + 16 * h", "16 * h"],
    ["all tokens have the first one's activations", "${records[8].bytes * t + 4 * step}", "${4 * step}"],
  ),
  ...mutantsOf(
    generator("quant/tiles"),
    "quantMatmul",
    ["the second group has the first one's Σx", ": GROUP_SUMS + 4 * g)", ": GROUP_SUMS)"],
    ["the second group has the first one's scaled Σx", "SCALED_GROUP_SUMS + 4 * g)", "SCALED_GROUP_SUMS)"],
    ["the second group has the first one's scales", "(w${panel}, ${at + 8 * g})", "(w${panel}, ${at})"],
    ["mins of K-quants are added", "`f32x4.neg(${value})`", "value"],
    ["iq4_nl: odd steps are spread over even ones", "128 * p + 64 * step + 32 * d", "128 * p + 32 * d"],
    ["iq4_xs: spreading takes a header for every block", "if ((b & 7) === 0) w +=", "w +="],
    ["a block's minima are left out", "if (m) {", "if (m && T > 4) {"],
  ),
  ...mutantsOf(
    assembly("quant-lanes"),
    "quantMatmul",
    ["iq4_nl: a first digit is one too many", "5, 6, 6, 7, 8, 8", "5, 6, 7, 7, 8, 8"],
    ["iq4_nl: a second digit is one too few", "3, 15, 9, 4, 16", "3, 15, 9, 4, 15"],
    ["iq4_xs: a second digit is one too many", "0, 6, 10, 11, 10, 7", "0, 6, 10, 12, 10, 7"],
  ),
  ...mutantsOf(
    assembly("quant"),
    "quantMatmul",
    ["q2_K: the second half's scaled Σx is the first's", "scale * <f32>secondSum, 60", "scale * <f32>firstSum, 60"],
    ["q3_K: the second half's Σx is the first's", "store<i32>(out, secondSum, 52)", "store<i32>(out, firstSum, 52)"],
  ),
];

const conversionMutants: readonly Mutant[] = [
  ...mutantsOf(
    assembly("quant-scales"),
    "gatherQuant",
    [
      "iq4_xs: odd blocks have the even ones' scales",
      "load<u8>(file + (j >> 1), 2) >> (<u32>(j & 1) << 2)",
      "load<u8>(file + (j >> 1), 2)",
    ],
    ["iq4_xs: scales lose their high bits", "(<u32>j << 1)) & 3) << 4)", "(<u32>j << 1)) & 3) << 3)"],
    [
      "q3_K: later scales have the first ones' high bits",
      "load<u8>(file + (g & 3), 8) >> (<u32>(g >> 2) << 1)",
      "load<u8>(file + (g & 3), 8)",
    ],
    ["q5_K: mins take the scales' nibbles", "sixBits(file, 4, 4, j)", "sixBits(file, 4, 0, j)"],
    ["iq4_nl: two levels swap", "-10, 1, 13", "-10, 13, 1"],
  ),
  ...mutantsOf(
    generator("quant/conversions"),
    "gatherQuant",
    ["q5_0: adjacent bits spread wrongly", "0x00204081", "0x00204080"],
    ["rows of a panel are read as its first", "head + (r << 1) + ${found.at}", "head + ${found.at}"],
    ["mins of q5_1 are subtracted", '${k ? "-" : "+"} min', "- min"],
  ),
  ...mutantsOf(
    assembly("quant-pack"),
    "gatherQuant",
    ["rows are read from the first of their panel", "<usize>(row & 7)", "0"],
    [
      "the last panel keeps what was there",
      "if (rows < 8) memory.fill(to, 0, panelBytes);",
      "",
      "rows beyond the matrix are never read",
    ],
  ),
];

const denseMutants: readonly Mutant[] = [
  ...mutantsOf(
    assembly("linear"),
    "linear",
    [
      "an infinity counts as finite",
      "i16x8.splat(0x7c00)",
      "i16x8.splat(0x7c01)",
      "only weights are asked, and the suite's tensors are none",
    ],
    ["four rows take the first two twice", "w + 2 * stride, stride, sums + 64", "w, stride, sums + 64"],
    ["two rows of x take two rows of weights twice", "w + 2 * stride, stride, sums + 128", "w, stride, sums + 128"],
    [
      "a second group of rows of x is the first",
      "const x = load<usize>(p, 0) + <usize>m * xStride;",
      "const x = load<usize>(p, 0);",
    ],
    [
      "the second half of a sum is forgotten",
      "sumLanes(f32x4.add(v128.load(sums), v128.load(sums, 16)))",
      "sumLanes(v128.load(sums))",
    ],
    ["of four columns the second has the first one's sum", "v128.load(sums + hop), v128", "v128.load(sums), v128"],
    ["four columns are added up where a rest is left", "load<i32>(p, 36) & 7 ? 0 : columns", "columns"],
    ["the rest begins one element late", "let k = K & ~7; k < K", "let k = (K & ~7) + 1; k < K"],
    ["columns of a tile are taken one too far", "sums + <usize>n * hop, hop", "sums + <usize>(n + 1) * hop, hop"],
  ),
  ...mutantsOf(
    assembly("attention"),
    "attention",
    ["the third key has the second one's score", "v128.load(at + 2 * column)", "v128.load(at + column)"],
    ["the second pair of keys is the first", "key + 2 * step, step, sums + 2", "key, step, sums + 2"],
    ["halves that may be infinite are not widened first", "isHalf<T>() && !mayGrow(p, scratch)", "false"],
    ["rows that are widened are all the first", "const row = from + <usize>n * step;", "const row = from;"],
    ["weights of halves do not grow", "if (isHalf<T>()) growWeights(row);", ""],
    ["queries of single rows do not grow", "const vector = isHalf<T>() ? packed : q;", "const vector = q;"],
    ["every query grows", "i32x4.splat(0x47000000)", "i32x4.splat(0x7fffffff)"],
  ),
  ...mutantsOf(
    assembly("attention-rows"),
    "attention",
    ["a tile counts from the pass's first token", "const n = first + row / group", "const n = row / group"],
    ["heads of a token are one head", "kv * group + (row % group)", "kv * group"],
    ["tokens stand at their sequence's first slots", "const slot = length - (next - n)", "const slot = n - first"],
    ["tiles of earlier sequences are done again", "    tile -= tiles;\n", "    tile -= 0;\n"],
    ["a sequence's last tile has all its rows", "clamp((next - first) * group - tile * tall, 0, tall)", "tall"],
    ["all sequences have the first one's pages", "<usize>clamp(r, 0, R - 1)", "<usize>0"],
    ["all sequences are as long as the first", "load<usize>(p, 72) + (<usize>r << 2)", "load<usize>(p, 72)"],
    [
      "a start beyond the pass is taken",
      "clamp(load<i32>(load<usize>(p, 76) + (<usize>(r + 1) << 2)), first, N)",
      "max(load<i32>(load<usize>(p, 76) + (<usize>(r + 1) << 2)), first)",
    ],
    [
      "a length beyond the table is read",
      "clamp(load<i32>(load<usize>(p, 72) + (<usize>r << 2)), 0, load<i32>(p, 160))",
      "load<i32>(load<usize>(p, 72) + (<usize>r << 2))",
    ],
    ["a page beyond the pool is read", "<usize>clamp(page, 0, load<i32>(p, 132) - 1)", "<usize>page"],
    ["slots beyond the mask are seen", "const covered = min(length, load<i32>(p, 164))", "const covered = length"],
    ["a causal row sees slots beyond the mask", "min(slot + 1, covered)", "slot + 1"],
    ["tokens after the last sequence are forgotten", "next = r === R ? N : ", "next = r === R ? next : "],
  ),
  ...mutantsOf(
    "backends/wasm/kernels/attention.ts",
    "attention",
    ["tiles have no room for what sequences leave", " + Math.min(N, R + 2) * (height - 1)", ""],
    ["strays have no tile of their own", "Math.min(N, R + 2)", "Math.min(N, R)"],
    ["all of a token's heads share a tile", "N * Math.ceil(group / height)", "N"],
  ),
  ...mutantsOf(
    assembly("gather"),
    "gather",
    ["a number outside the table is not noted", "store<i32>(status, 1);", ""],
    ["the last row is outside", "if (row < rows)", "if (row + 1 < rows)"],
    ["the row behind the last is inside", "if (row < rows)", "if (row <= rows)"],
    ["bf16 is widened as f16", "if (how === 16) widenRow<u16>", "if (how === 16) widenRow<i16>"],
    ["the last elements are left out", "for (; i < size; i++) store<f32>", "for (; i < size - 1; i++) store<f32>"],
    ["every number is the first", "load<usize>(p, 16) + (<usize>i << 2)", "load<usize>(p, 16)"],
  ),
  ...mutantsOf(
    assembly("quant-pack"),
    "gatherQuant",
    ["rows before a slice count", "<u32>found + load<u32>(p, 36)", "<u32>found"],
    [
      "a number is checked against the first row",
      "load<u32>(p, 32), load<usize>(p, 28)",
      "load<u32>(p, 36), load<usize>(p, 28)",
    ],
  ),
  ...mutantsOf(
    assembly("rope"),
    "rope",
    ["every token turns by its own row", "load<i32>(positions + (<usize>n << 2))", "n"],
    ["the first token's position serves all", "positions + (<usize>n << 2)", "positions"],
    ["a position behind the table reads there", "load<i32>(p, 32) - 1", "load<i32>(p, 32)"],
    ["sines are stepped as cosines", "position * load<usize>(p, 52)", "position * load<usize>(p, 48)"],
    ["heads beyond the first are the first", "<usize>h * load<usize>(p, 44)", "<usize>0 * load<usize>(p, 44)"],
  ),
  ...mutantsOf(assembly("lanes"), "softmax", [
    "e^x is rounded down by a power",
    "i32x4.sub(shifted, magic)",
    "i32x4.sub(i32x4.sub(shifted, magic), i32x4.splat(1))",
  ]),
];

export const wasmMutants: readonly Mutant[] = [...formatMutants, ...tileMutants, ...conversionMutants, ...denseMutants];
