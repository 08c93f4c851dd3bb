import { mutantsOf, type Mutant } from "./mutant.ts";

const wgsl = (name: string): string => `backends/webgpu/wgsl/${name}.ts`;
const quant = (name: string): string => `backends/webgpu/kernels/quant/${name}.ts`;
const sampling = (name: string): string => `backends/webgpu/kernels/sampling/${name}.ts`;
const attention = (name: string): string => `backends/webgpu/kernels/attention/${name}.ts`;

/** Bugs in shaders and in what starts them. */
export const webgpuMutants: readonly Mutant[] = [
  ...mutantsOf(
    wgsl("floats"),
    "binary",
    [
      "the larger of a number and NaN is the number",
      "if (${isNan}(a)) { return a; }\n    return select(b, a, !${isNan}(b) && a > b);",
      "return select(b, a, a > b);",
    ],
    [
      "infinity is NaN",
      "(bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u",
      "(bitcast<u32>(x) & 0x7fffffffu) >= 0x7f800000u",
    ],
  ),
  ...mutantsOf(
    wgsl("arithmetic"),
    "binary",
    ["quotients are cut", "rest > half || (rest == half && (sticky || (kept & 1u) == 1u))", "false"],
    ["the sign of a quotient is that of the dividend", "(bits ^ by) & 0x80000000u", "bits & 0x80000000u"],
  ),
  ...mutantsOf(wgsl("arithmetic"), "unary", [
    "odd exponents of roots",
    "let odd = u32(parts.exponent & 1);",
    "let odd = 0u;",
  ]),
  ...mutantsOf(
    wgsl("exponential"),
    "unary",
    ["e to a large power is large", "if (x > 89.0) { return ${infinity}(0u); }", "if (x > 89.0) { return 3e38; }"],
    ["tanh is odd no more", "if (a > 10.0) { return ${withSign}(1.0, x); }", "if (a > 10.0) { return 1.0; }"],
    ["ln of a negative number", "if (bits >= 0x80000000u) { return ${notANumber}(); }", ""],
  ),
  ...mutantsOf(wgsl("exponential"), "binary", [
    "odd powers of negative numbers are positive",
    "select(0u, 0x80000000u, isNegative && isOdd)",
    "0u",
  ]),
  ...mutantsOf(
    wgsl("halves"),
    "cast",
    ["f16 is cut", "+ 0xfffu + ((size >> 13u) & 1u) - 0x38000000u", "- 0x38000000u"],
    ["ties of bf16 go up", "0x7fffu + ((bits >> 16u) & 1u)", "0x8000u"],
    ["subnormal f16 are 0", "bitcast<u32>(f32(size) * ${2 ** -24})", "0u"],
    ["an infinite f16 is finite", "normal + 0x38000000u, size >= 0x7c00u", "normal, size >= 0x7c00u"],
  ),
  ...mutantsOf(
    wgsl("integers"),
    "cast",
    ["NaN is the smallest integer", "if (${isNan}(x)) { return 0; }", ""],
    ["large floats wrap", "if (x >= 2147483648.0) { return 2147483647; }", ""],
  ),
  ...mutantsOf(
    wgsl("order"),
    "reduce",
    ["negative numbers are in the wrong order", "~bits, bits >= 0x80000000u", "bits, bits >= 0x80000000u"],
    ["NaN is the smallest", "if (${isNan}(x)) { return 0xffffffffu; }", "if (${isNan}(x)) { return 1u; }"],
  ),
  ...mutantsOf(
    wgsl("reduce"),
    "reduce",
    ["the last of the largest", "b.index < a.index", "b.index > a.index"],
    [
      "half of the threads are forgotten",
      "var half = ${threads / 2}u; half > 0u",
      "var half = ${threads / 4}u; half > 0u",
    ],
  ),
  ...mutantsOf(
    wgsl("block-fields"),
    "gatherQuant",
    ["odd blocks have the scale of even ones", "select(word & 0xffffu, word >> 16u, (b & 1u) == 1u)", "word & 0xffffu"],
    ["bytes have no sign", "vec4<f32>(bitcast<vec4<i32>>(high))", "vec4<f32>(high)"],
    ["the last high nibble is 8 less", "levels.w + 8.0", "levels.w"],
    ["upper six-bit scales lose their high bits", "(low & 15u) | ((scale >> 6u) << 4u)", "low & 15u"],
  ),
  ...mutantsOf(
    wgsl("weight-parts"),
    "gatherQuant",
    ["the min is added", "-pair.y", "pair.y"],
    [
      "third bits are those of the unit before",
      "4.0 * ${fieldsOf}(third, bit, 1u)",
      "4.0 * ${fieldsOf}(third, 1u << ((${unit} ^ 1u) & 7u), 1u)",
    ],
  ),
  ...mutantsOf(
    quant("gather-quant"),
    "gatherQuant",
    ["indices have no stride", "p.indices_offset + n * p.indices_stride", "p.indices_offset + n"],
    ["an index too many is accepted", "if (index >= p.table_rows) {", "if (index > p.table_rows) {"],
  ),
  ...mutantsOf(quant("matrices"), "quantMatmul", [
    "a view starts at the first row",
    "firstUnit: (begin - shard.firstRow) * unitsPerRow",
    "firstUnit: 0",
  ]),
  ...mutantsOf(
    quant("row-sums"),
    "projections",
    ["minima are left out", "reader.hasMins ? wgsl` - dot(mins, total_${m})` : wgsl``", "wgsl``"],
    [
      "the squares are those of the normed row",
      "    sum_${squares + m} += dot(a_${m}, a_${m}) + dot(b_${m}, b_${m});\n    a_${m} *= lowNorm;",
      "    a_${m} *= lowNorm;\n    sum_${squares + m} += dot(a_${m}, a_${m}) + dot(b_${m}, b_${m});",
    ],
  ),
  ...mutantsOf(
    quant("product"),
    "projections",
    ["biases begin at the first column of the result", "offset - matrixColumns[i] * stride", "offset"],
    ["all matrices have the bias of the first", "if (matrix == ${i}u) { total", "if (${i}u == 0u) { total"],
  ),
  ...mutantsOf(quant("product"), "residualProjection", [
    "the scale is left out",
    "wgsl`bitcast<f32>(p.residual_scale) * total`",
    "wgsl`total`",
  ]),
  ...mutantsOf(quant("product"), "gatedProjection", [
    "up has the bias of gate",
    "(${sum}${plusBias(product, i, n)})",
    "(${sum}${plusBias(product, 0, n)})",
  ]),
  ...mutantsOf(quant("row-product"), "quantMatmul", [
    "units are taken twice",
    "u += ${THREADS / 4}u",
    "u += ${THREADS / 8}u",
  ]),
  ...mutantsOf(
    wgsl("thread-sums"),
    "quantMatmul",
    ["a quarter of the threads is not added up", "numbers(threads / PARTS - 1)", "numbers(threads / PARTS - 2)"],
    ["subgroups leave their numbers in one place", "lane / subgroupSize", "0u"],
    [
      "the last subgroup is forgotten",
      "(${threads - 1}u + subgroupSize) / subgroupSize",
      "(${threads - 1}u) / subgroupSize",
    ],
    ["one subgroup adds up for all", "if (subgroupLane == 0u)", "if (lane == 0u)"],
  ),
  ...mutantsOf(
    quant("unit-sums"),
    "quantMatmul",
    ["the last part of a unit is left out", "part < 4u", "part < 3u"],
    [
      "halves of a unit have the scales of each other",
      "dot(levels_${sum(m)}, scales)",
      "dot(levels_${sum(m)}, scales.yx)",
    ],
  ),
  ...mutantsOf(quant("thread-product"), "quantMatmul", [
    "later rows of x are the first ones",
    "let m0 = ${tile}u * (thread / p.slots);",
    "let m0 = 0u * (thread / p.slots);",
  ]),
  ...mutantsOf(quant("tile-product"), "quantMatmul", [
    "the upper half of a unit is that of its neighbour",
    "(16u + 4u * part + c) * ${PITCH}u + row",
    "(16u + 4u * (part ^ 1u) + c) * ${PITCH}u + row",
  ]),
  ...mutantsOf(quant("tiles"), "quantMatmul", [
    "rows of x repeat",
    "let left = 4u * (lane / ${TILE / 4}u)",
    "let left = 4u * (lane / ${TILE / 2}u)",
  ]),
  ...mutantsOf(
    quant("rounded-rows"),
    "quantMatmul",
    ["levels are cut", "round(values * inverse)", "trunc(values * inverse)"],
    ["low bytes have no sign", "(levels + vec4<i32>(128)) >> vec4<u32>(8u)", "levels >> vec4<u32>(8u)"],
    [
      "a scale for a half of the levels",
      "${topLevel[bits]}.0, 0.0, isZero));",
      "${topLevel[bits] + 1}.0, 0.0, isZero));",
    ],
  ),
  ...mutantsOf(
    quant("packed-product"),
    "quantMatmul",
    ["bytes borrow from the next", "((nibbles | 0x80808080u) - 0x08080808u) ^ 0x80808080u", "nibbles - 0x08080808u"],
    ["high nibbles are low ones", "(4u * (${j} >> 2u))", "0u"],
    ["high bytes count as low ones", "${dots}(a[${r}], b) * 256 +", "${dots}(a[${r}], b) +"],
    ["all rows have the scale of the first", "(scale[${r}] * scale_${i})", "(scale[0] * scale_${i})"],
    ["odd blocks have the scale of even ones", '+ ${unit("lane")};', '+ (${unit("lane")} & 0xfffffffeu);'],
  ),
  ...mutantsOf(
    attention("tiles"),
    "attention",
    ["the own key is hidden", "min(slot + 1, covered)", "min(slot, covered)"],
    ["a window is one key too long", "first = slot - i32(p.window) + 1", "first = slot - i32(p.window)"],
    ["sums are not scaled to the new maximum", "total_${j} *= factor;", ""],
    ["pages that are not there are read", "u32(clamp(stored, 0, i32(p.pages) - 1))", "u32(stored)"],
    ["all heads have the first keys", "page * p.keys_s0 + kv * p.keys_s1", "page * p.keys_s0"],
    ["hidden keys count", "if (bitcast<u32>(weight_${j}) != 0xbf800000u) {", "if (true) {"],
    ["softcap before the scale", "score_${j} *= bitcast<f32>(p.scale);\n", ""],
    ["values have no scales", "wgsl` * ${rowScales}[k]`", '""'],
  ),
  ...mutantsOf(
    "backends/webgpu/kernels/rope.ts",
    "rope",
    ["positions behind the table are read", "u32(clamp(positions", "u32(max(positions"],
    ["both of a pair turn alike", "select(-other, other, isSecond) * s", "-other * s"],
    ["elements that pass through turn", "if (d < 2u * p.half)", "if (d < p.width)"],
  ),
  ...mutantsOf(
    "backends/webgpu/kernels/rope-append.ts",
    "ropeAppend",
    ["a slot behind the pool is written", "let isStored = slot < p.all_slots;", "let isStored = true;"],
    ["a slot's place is its number", "let place_in_page = slot % p.page_slots;", "let place_in_page = slot;"],
    ["values are those of the first head", "token * p.v_token + head * p.v_head", "token * p.v_token"],
    [
      "keys do not turn",
      'const turnedKey = turned(pairing, ofK, "start", "p.k_stride");',
      "const turnedKey = wgsl`let turned = ${ofK}[start + d * p.k_stride];`;",
    ],
    [
      "all heads have the scale of the first",
      "head * p.${name}_head + place",
      'select(head, 0u, ${name.includes("scales")}) * p.${name}_head + place',
    ],
    ["the scale is that of signed values", "${magnitude}(turned)", "turned"],
    ["values are as wide as keys", '"p.value_width", plainValue', '"p.width", plainValue'],
  ),
  ...mutantsOf(wgsl("wide-integers"), "sampleTokens", [
    "shares are those of the low word",
    "${productOf}(a.high, fraction)",
    "${wide}(0u, 0u)",
  ]),
  ...mutantsOf(
    sampling("score-keys"),
    "sampleTokens",
    ["temperature 0 divides", "if (!${isPositive}(T)) { return x; }", ""],
    ["what is behind the end is read", "if (j < p.length) {", "if (true) {"],
  ),
  ...mutantsOf(
    sampling("search"),
    "sampleTokens",
    ["every digit is of all scores", "key >= low && (key & known) == prefix", "key >= low"],
    ["sums of the digit before stay", "workgroupBarrier();\n      ${clearSum}(lane);", "workgroupBarrier();"],
    ["what lies below is forgotten", "below = ${foundBelow};", ""],
    ["the border is one digit late", "!${exceeds}(before, limit)) { atomicMax", "true) { atomicMax"],
  ),
  ...mutantsOf(
    sampling("draw"),
    "sampleTokens",
    ["one token too many of the largest", "p.length - u32(top_k)), false", "p.length - u32(top_k) - 1u), false"],
    [
      "the nucleus is the tail",
      "let most = ${minus}(sum, ${share}(sum, ${fractionOf}(max(top_p, 0.0))));",
      "let most = ${share}(sum, ${fractionOf}(max(top_p, 0.0)));",
    ],
    ["of equals none goes", "count = next;", "count = 0u;"],
    ["of equals all may go", "gone = min(gone, count - 1u);", ""],
    ["runs before do not count", "if (other == lane) { running = total;", "if (other == lane) {"],
    ["equals before the run are all left", "max(seen, gone) - gone", "seen"],
    ["rows of +∞ are drawn", " || ${isInfinite}(top)) {", ") {"],
    ["every row has the first one's keys", "let start = group * p.quads;", "let start = 0u;"],
  ),
  ...mutantsOf(quant("row-sums"), "projections", [
    "weights of all formats are read as those of the first",
    "[`matrix == ${i}u`]",
    "[`${format === formats[0]}`]",
  ]),
  ...mutantsOf(attention("join-splits"), "attention", [
    "splits are added as they are",
    "if (key != top) { factor",
    "if (key == 0u) { factor",
  ]),
];
