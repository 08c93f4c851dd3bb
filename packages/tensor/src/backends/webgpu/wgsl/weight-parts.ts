import type { QuantFormatName } from "../../../contract/operand.ts";
import { nonLinearLevels } from "../../../quant/formats/iq4-nl.ts";
import { decodeF16 } from "./halves.ts";
import { helper, wgsl, type Fragment } from "./tag.ts";

/** Word `index` of a plane, both as text. */
export type PlaneWord = (plane: number, index: string) => Fragment;

/**
 * How a thread reads part q = 0 … 3 of a unit, which is 32 consecutive weights of a row: weights 4q … 4q + 3 and 16 + 4q …
 * 19 + 4q, mostly the bytes of one or two words. A weight is `scale·level − min`; the first 16 and the last 16 weights of a unit
 * may have their own scale and min. A scale or min is that of the definition in f32; a level is a small whole number, and
 * `scale·level` has 24 bits at most: it is exact, so that it makes no difference whether a compiler fuses it with the subtraction.
 */
export interface PartReader {
  /**
   * Declares `low` and `high`, the levels (vec4<f32>), `scales` and, where there are minima, `mins` (vec2<f32>: of low and high),
   * for unit number `unit` of the buffer; it and `part` are names of u32.
   */
  readonly load: (unit: string, part: string, word: PlaneWord) => Fragment;
  readonly hasMins: boolean;
}

/** Four bytes of a word. */
const bytesOf = helper(
  wgsl`fn bytesOf(word: u32) -> vec4<u32> { return (vec4<u32>(word) >> vec4<u32>(0u, 8u, 16u, 24u)) & vec4<u32>(255u); }`,
);

/** Bit fields of the four bytes of a word: `(byte >> shift) & mask`. */
const fieldsOf = helper(
  wgsl`fn fieldsOf(word: u32, shift: u32, mask: u32) -> vec4<u32> { return (${bytesOf}(word) >> vec4<u32>(shift)) & vec4<u32>(mask); }`,
);

const signedBytes = helper(
  wgsl`fn signedBytes(word: u32) -> vec4<f32> {
    return vec4<f32>(bitcast<vec4<i32>>(vec4<u32>(word) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u));
  }`,
);

/** Bits 0 … 3 as fifth bits of four levels. */
const fifthBits = helper(
  wgsl`fn fifthBits(bits: u32) -> vec4<u32> { return ((vec4<u32>(bits) >> vec4<u32>(0u, 1u, 2u, 3u)) & vec4<u32>(1u)) << vec4<u32>(4u); }`,
);

/** The f16 of block `b`, two to a word. */
const halfOfPair = helper(
  wgsl`fn halfOfPair(word: u32, b: u32) -> f32 { return ${decodeF16}((word >> (16u * (b & 1u))) & 0xffffu); }`,
);

/** Two f16 in a word. */
const halfPair = helper(
  wgsl`fn halfPair(word: u32) -> vec2<f32> { return vec2<f32>(${decodeF16}(word & 0xffffu), ${decodeF16}(word >> 16u)); }`,
);

/** The 6-bit scale and min of sub-block j, from the 12 bytes of q4_K and q5_K in three words. */
const sixBits = helper(
  wgsl`fn sixBits(ofScales: u32, ofMins: u32, ofBoth: u32, j: u32) -> vec2<f32> {
    let shift = 8u * (j & 3u);
    let scale = (ofScales >> shift) & 0xffu;
    let min = (ofMins >> shift) & 0xffu;
    let low = (ofBoth >> shift) & 0xffu;
    if (j < 4u) { return vec2<f32>(f32(scale & 63u), f32(min & 63u)); }
    return vec2<f32>(f32((low & 15u) | ((scale >> 6u) << 4u)), f32((low >> 4u) | ((min >> 6u) << 4u)));
  }`,
);

const nonLinear = helper(
  wgsl`const nonLinear = array<f32, 16>(${[...nonLinearLevels].map((level) => `${level}.0`).join(", ")});`,
);

const nonLinearOf = helper(
  wgsl`fn nonLinearOf(q: vec4<u32>) -> vec4<f32> {
    return vec4<f32>(${nonLinear}[q.x], ${nonLinear}[q.y], ${nonLinear}[q.z], ${nonLinear}[q.w]);
  }`,
);

/** The parts of formats of blocks of 32 with 16 bytes of nibbles, byte j with weight j low and j + 16 high. */
const splitNibbles = (unit: string, part: string, word: PlaneWord): Fragment => wgsl`
  let nibbles = ${word(0, `4u * ${unit} + ${part}`)};
  let lowBits = ${fieldsOf}(nibbles, 0u, 15u);
  let highBits = ${fieldsOf}(nibbles, 4u, 15u);`;

/** f16 d of block `b`, in a plane of them. */
const ownScale = (plane: number, b: string, word: PlaneWord): Fragment =>
  wgsl`${halfOfPair}(${word(plane, `(${b} >> 1u)`)}, ${b})`;

const oneScale = (plane: number, unit: string, word: PlaneWord): Fragment => wgsl`
  let scales = vec2<f32>(${ownScale(plane, unit, word)});`;

/** f16 d and m of a block: what is subtracted is −m. */
const scaleAndShift = (plane: number, unit: string, word: PlaneWord): Fragment => wgsl`
  let pair = ${halfPair}(${word(plane, unit)});
  let scales = vec2<f32>(pair.x);
  let mins = vec2<f32>(-pair.y);`;

/** The fifth bits of a block, 32 in a word. */
const withFifths = (unit: string, part: string, word: PlaneWord): Fragment => wgsl`
  let fifths = ${word(1, unit)} >> (4u * ${part});
  let lowFive = lowBits | ${fifthBits}(fifths);
  let highFive = highBits | ${fifthBits}(fifths >> 16u);`;

/** Formats of blocks of 256: `b` is the block, `j` the unit in it. */
const inBlock = (unit: string): Fragment => wgsl`
  let b = ${unit} >> 3u;
  let j = ${unit} & 7u;`;

/** Two words of a plane, 16 bytes apart: those of weights 4q … and 16 + 4q … of the unit. */
const twoWords = (
  names: readonly [string, string],
  plane: number,
  index: string,
  part: string,
  word: PlaneWord,
) => wgsl`
  let ${names[0]} = ${word(plane, `${index} + ${part}`)};
  let ${names[1]} = ${word(plane, `${index} + 4u + ${part}`)};`;

/** 64 weights in 32 bytes, the low nibbles first. */
const wideNibbles = (part: string, word: PlaneWord): Fragment => wgsl`
  ${twoWords(["first", "second"], 0, "32u * b + 8u * (j >> 1u)", part, word)}
  let lowBits = ${fieldsOf}(first, 4u * (j & 1u), 15u);
  let highBits = ${fieldsOf}(second, 4u * (j & 1u), 15u);`;

/** d, dmin and eight 6-bit scales and minima, in 16 bytes. */
const affineK = (plane: number, word: PlaneWord): Fragment => wgsl`
  let pair = ${halfPair}(${word(plane, "4u * b")}) *
    ${sixBits}(${word(plane, "4u * b + 1u")}, ${word(plane, "4u * b + 2u")}, ${word(plane, "4u * b + 3u")}, j);
  let scales = vec2<f32>(pair.x);
  let mins = vec2<f32>(pair.y);`;

/** 128 weights in 32 bytes, 32 to each pair of bits. */
const crumbs = (part: string, word: PlaneWord): Fragment => wgsl`
  ${twoWords(["first", "second"], 0, "16u * b + 8u * (j >> 2u)", part, word)}
  let lowBits = ${fieldsOf}(first, 2u * (j & 3u), 3u);
  let highBits = ${fieldsOf}(second, 2u * (j & 3u), 3u);`;

const levels = (low: Fragment, high: Fragment): Fragment => wgsl`
  let low = ${low};
  let high = ${high};`;

const unsignedLevels = levels(wgsl`vec4<f32>(lowBits)`, wgsl`vec4<f32>(highBits)`);
const nonLinearLevels4 = levels(wgsl`${nonLinearOf}(lowBits)`, wgsl`${nonLinearOf}(highBits)`);

/** Levels that the middle of the range is taken off. */
const centred = (low: string, high: string, middle: number): Fragment =>
  levels(wgsl`vec4<f32>(${low}) - ${middle}.0`, wgsl`vec4<f32>(${high}) - ${middle}.0`);

/** Weights in 16 bits, two to a word: a weight is its own level. */
const floatParts = (decode: (word: Fragment) => Fragment): PartReader => ({
  hasMins: false,
  load: (unit, part, word) => wgsl`
  let low = vec4<f32>(${decode(word(0, `16u * ${unit} + 2u * ${part}`))}, ${decode(word(0, `16u * ${unit} + 2u * ${part} + 1u`))});
  let high = vec4<f32>(${decode(word(0, `16u * ${unit} + 2u * ${part} + 8u`))}, ${decode(word(0, `16u * ${unit} + 2u * ${part} + 9u`))});
  let scales = vec2<f32>(1.0);`,
});

const bf16Pair = helper(
  wgsl`fn bf16Pair(word: u32) -> vec2<f32> { return bitcast<vec2<f32>>(vec2<u32>(word << 16u, word & 0xffff0000u)); }`,
);

const f32Quad = (index: string, word: PlaneWord): Fragment =>
  wgsl`bitcast<vec4<f32>>(vec4<u32>(${[0, 1, 2, 3].map((i) => word(0, `${index} + ${i}u`)).map((one, i) => wgsl`${one}${i < 3 ? "," : ""}`)}))`;

/** Formats of weights that the product kernels read: blocks, and rows of floats one after the other. */
export type WeightFormat = QuantFormatName | "f32" | "f16" | "bf16";

/** By format. */
export const partReaders: { readonly [F in WeightFormat]: PartReader } = {
  bf16: floatParts((word) => wgsl`${bf16Pair}(${word})`),
  f16: floatParts((word) => wgsl`${halfPair}(${word})`),
  f32: {
    hasMins: false,
    load: (unit, part, word) => wgsl`
  let low = ${f32Quad(`32u * ${unit} + 4u * ${part}`, word)};
  let high = ${f32Quad(`32u * ${unit} + 4u * ${part} + 16u`, word)};
  let scales = vec2<f32>(1.0);`,
  },
  q4_0: {
    hasMins: false,
    load: (unit, part, word) => wgsl`
  ${splitNibbles(unit, part, word)}
  ${centred("lowBits", "highBits", 8)}
  ${oneScale(1, unit, word)}`,
  },
  q4_1: {
    hasMins: true,
    load: (unit, part, word) => wgsl`
  ${splitNibbles(unit, part, word)}
  ${unsignedLevels}
  ${scaleAndShift(1, unit, word)}`,
  },
  q5_0: {
    hasMins: false,
    load: (unit, part, word) => wgsl`
  ${splitNibbles(unit, part, word)}
  ${withFifths(unit, part, word)}
  ${centred("lowFive", "highFive", 16)}
  ${oneScale(2, unit, word)}`,
  },
  q5_1: {
    hasMins: true,
    load: (unit, part, word) => wgsl`
  ${splitNibbles(unit, part, word)}
  ${withFifths(unit, part, word)}
  ${levels(wgsl`vec4<f32>(lowFive)`, wgsl`vec4<f32>(highFive)`)}
  ${scaleAndShift(2, unit, word)}`,
  },
  q8_0: {
    hasMins: false,
    load: (unit, part, word) => wgsl`
  ${twoWords(["first", "second"], 0, `8u * ${unit}`, part, word)}
  ${levels(wgsl`${signedBytes}(first)`, wgsl`${signedBytes}(second)`)}
  ${oneScale(1, unit, word)}`,
  },
  q2_K: {
    hasMins: true,
    load: (unit, part, word) => wgsl`
  ${inBlock(unit)}
  ${crumbs(part, word)}
  ${unsignedLevels}
  let packed = ${word(1, "4u * b + (j >> 1u)")} >> (16u * (j & 1u));
  let heads = ${halfPair}(${word(2, "b")});
  let scales = heads.x * vec2<f32>(f32(packed & 15u), f32((packed >> 8u) & 15u));
  let mins = heads.y * vec2<f32>(f32((packed >> 4u) & 15u), f32((packed >> 12u) & 15u));`,
  },
  q3_K: {
    hasMins: false,
    load: (unit, part, word) => wgsl`
  ${inBlock(unit)}
  ${crumbs(part, word)}
  ${twoWords(["third", "fourth"], 1, "8u * b", part, word)}
  let lowThree = lowBits | (${fieldsOf}(third, j, 1u) << vec4<u32>(2u));
  let highThree = highBits | (${fieldsOf}(fourth, j, 1u) << vec4<u32>(2u));
  ${centred("lowThree", "highThree", 4)}
  // Scales of groups 2j and 2j + 1: a low nibble from byte g mod 8, two bits from byte 8 + g mod 4.
  let lowScales = ${word(2, "3u * b + ((j >> 1u) & 1u)")} >> (16u * (j & 1u) + 4u * (j >> 2u));
  let highScales = ${word(2, "3u * b + 2u")} >> (16u * (j & 1u) + 2u * (j >> 1u));
  let six = vec2<u32>(
    (lowScales & 15u) | ((highScales & 3u) << 4u),
    ((lowScales >> 8u) & 15u) | (((highScales >> 8u) & 3u) << 4u),
  );
  let scales = ${ownScale(3, "b", word)} * (vec2<f32>(six) - 32.0);`,
  },
  q4_K: {
    hasMins: true,
    load: (unit, part, word) => wgsl`
  ${inBlock(unit)}
  ${wideNibbles(part, word)}
  ${unsignedLevels}
  ${affineK(1, word)}`,
  },
  q5_K: {
    hasMins: true,
    load: (unit, part, word) => wgsl`
  ${inBlock(unit)}
  ${wideNibbles(part, word)}
  ${twoWords(["third", "fourth"], 1, "8u * b", part, word)}
  let lowFive = lowBits | (${fieldsOf}(third, j, 1u) << vec4<u32>(4u));
  let highFive = highBits | (${fieldsOf}(fourth, j, 1u) << vec4<u32>(4u));
  ${levels(wgsl`vec4<f32>(lowFive)`, wgsl`vec4<f32>(highFive)`)}
  ${affineK(2, word)}`,
  },
  q6_K: {
    hasMins: false,
    load: (unit, part, word) => wgsl`
  ${inBlock(unit)}
  // Units 0 and 1 of each half of the block are the low nibbles of 64 bytes, 2 and 3 the high ones.
  ${twoWords(["first", "second"], 0, "32u * b + 16u * (j >> 2u) + 8u * (j & 1u)", part, word)}
  ${twoWords(["third", "fourth"], 1, "16u * b + 8u * (j >> 2u)", part, word)}
  let lowSix = ${fieldsOf}(first, 2u * (j & 2u), 15u) | (${fieldsOf}(third, 2u * (j & 3u), 3u) << vec4<u32>(4u));
  let highSix = ${fieldsOf}(second, 2u * (j & 2u), 15u) | (${fieldsOf}(fourth, 2u * (j & 3u), 3u) << vec4<u32>(4u));
  ${centred("lowSix", "highSix", 32)}
  let packed = bitcast<i32>(${word(2, "4u * b + (j >> 1u)")} << (16u * (1u - (j & 1u))));
  let scales = ${ownScale(3, "b", word)} * vec2<f32>(f32((packed << 8u) >> 24u), f32(packed >> 24u));`,
  },
  iq4_nl: {
    hasMins: false,
    load: (unit, part, word) => wgsl`
  ${splitNibbles(unit, part, word)}
  ${nonLinearLevels4}
  ${oneScale(1, unit, word)}`,
  },
  iq4_xs: {
    hasMins: false,
    load: (unit, part, word) => wgsl`
  ${inBlock(unit)}
  ${splitNibbles(unit, part, word)}
  ${nonLinearLevels4}
  let head = ${word(1, "2u * b")};
  let lowScale = (${word(1, "2u * b + 1u")} >> (4u * j)) & 15u;
  let highScale = (head >> (16u + 2u * j)) & 3u;
  let scales = vec2<f32>(${halfOfPair}(head, 0u) * (f32(lowScale | (highScale << 4u)) - 32.0));`,
  },
};

/** The weights of a part as they are defined, after its `load`: `vec4<f32>` each. */
export const partWeights = ({ hasMins }: PartReader): readonly [low: Fragment, high: Fragment] =>
  hasMins
    ? [wgsl`(low * scales.x - mins.x)`, wgsl`(high * scales.y - mins.y)`]
    : [wgsl`(low * scales.x)`, wgsl`(high * scales.y)`];
