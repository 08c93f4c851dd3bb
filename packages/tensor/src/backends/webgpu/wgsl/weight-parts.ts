import type { QuantFormatName } from "../../../contract/operand.ts";
import {
  fieldsOf,
  fifthBits,
  highNibbles,
  lowNibbles,
  halfOfPair,
  nonLinearOf,
  signedBytes,
  sixBits,
} from "./block-fields.ts";
import { bf16Pair, f16Pair } from "./halves.ts";
import { wgsl, type Fragment } from "./tag.ts";

/** Word `index` of a plane, both as text. */
export type PlaneWord = (plane: number, index: string) => Fragment;

/** Word `4·index + part` of a plane. */
export type PlaneQuad = (plane: number, index: string, part: string) => Fragment;

/** What a reader reads with. */
export interface PlaneReads {
  readonly word: PlaneWord;
  readonly quad: PlaneQuad;
}

/** What of a format tells one reader from another; `unit` and `part` are names of u32, or `part` is one of `0u` … `3u`. */
interface PartFormat {
  /** Declares `low` and `high`, the levels (vec4<f32>) of a part of unit number `unit` of the buffer. */
  readonly levels: (unit: string, part: string, reads: PlaneReads) => Fragment;
  /** Declares the `scales` of a unit and, where there are minima, `mins` (vec2<f32>: of low and high); null: scales of 1. */
  readonly scales: ((unit: string, word: PlaneWord) => Fragment) | null;
  readonly hasMins: boolean;
  /** Of weights that are levels: declares `low` and `high`, number `eight` of the eights of the buffer, from whole vectors. */
  readonly eight?: (eight: string, vector: PlaneWord) => Fragment;
}

/**
 * How a thread reads part q = 0 … 3 of a unit, which is 32 consecutive weights of a row: weights 4q … 4q + 3 and 16 + 4q …
 * 19 + 4q, mostly the bytes of one or two words. A weight is `scale·level − min`; the first 16 and the last 16 weights of a unit
 * may have their own scale and min. A scale or min is that of the definition in f32; a level is a small whole number, and
 * `scale·level` has 24 bits at most: it is exact, so that it makes no difference whether a compiler fuses it with the subtraction.
 */
export interface PartReader extends PartFormat {
  /** Declares levels and scales. */
  readonly load: (unit: string, part: string, word: PlaneWord) => Fragment;
}

function reader(format: PartFormat): PartReader {
  const { levels: levelsOf, scales } = format;
  const load: PartReader["load"] = (unit, part, word) => {
    const quad: PlaneQuad = (plane, index, at) => word(plane, `4u * (${index}) + ${at}`);
    return wgsl`
  ${levelsOf(unit, part, { word, quad })}
  ${scales ? scales(unit, word) : "let scales = vec2<f32>(1.0);"}`;
  };
  return { ...format, load };
}

/** The parts of formats of blocks of 32 with 16 bytes of nibbles, byte j with weight j low and j + 16 high. */
const splitNibbles = (unit: string, part: string, { quad }: PlaneReads): Fragment => wgsl`
  let nibbles = ${quad(0, unit, part)};
  let lowBits = ${lowNibbles}(nibbles);
  let highBits = ${highNibbles}(nibbles);`;

/** f16 d of block `b`, in a plane of them. */
const ownScale = (plane: number, b: string, word: PlaneWord): Fragment =>
  wgsl`${halfOfPair}(${word(plane, `(${b} >> 1u)`)}, ${b})`;

const oneScale =
  (plane: number) =>
  (unit: string, word: PlaneWord): Fragment =>
    wgsl`let scales = vec2<f32>(${ownScale(plane, unit, word)});`;

/** f16 d and m of a block: what is subtracted is −m. */
const scaleAndShift =
  (plane: number) =>
  (unit: string, word: PlaneWord): Fragment => wgsl`
  let pair = ${f16Pair}(${word(plane, unit)});
  let scales = vec2<f32>(pair.x);
  let mins = vec2<f32>(-pair.y);`;

/** The fifth bits of a block, 32 in a word. */
const withFifths = (unit: string, part: string, { word }: PlaneReads): Fragment => wgsl`
  let fifths = ${word(1, unit)};
  let fifth = 1u << (4u * ${part});
  let lowFive = lowBits + ${fifthBits}(fifths, fifth);
  let highFive = highBits + ${fifthBits}(fifths, 65536u * fifth);`;

/** Formats of blocks of 256: the block of a unit, and the unit in it. */
const blockOf = (unit: string): string => `(${unit} >> 3u)`;
const inBlock = (unit: string): string => `(${unit} & 7u)`;

/** Two words of a plane, 16 bytes apart: those of weights 4q … and 16 + 4q … of the unit. */
const twoWords = (
  names: readonly [string, string],
  plane: number,
  index: string,
  part: string,
  { quad }: PlaneReads,
) => wgsl`
  let ${names[0]} = ${quad(plane, index, part)};
  let ${names[1]} = ${quad(plane, `${index} + 1u`, part)};`;

/** 64 weights in 32 bytes, the low nibbles first. */
const wideNibbles = (unit: string, part: string, reads: PlaneReads): Fragment => wgsl`
  ${twoWords(["first", "second"], 0, `8u * ${blockOf(unit)} + 2u * (${inBlock(unit)} >> 1u)`, part, reads)}
  let nibble = select(1u, 16u, (${unit} & 1u) == 1u);
  let lowBits = ${fieldsOf}(first, nibble, 15u);
  let highBits = ${fieldsOf}(second, nibble, 15u);`;

/** d, dmin and eight 6-bit scales and minima, in 16 bytes. */
const affineK =
  (plane: number) =>
  (unit: string, word: PlaneWord): Fragment => {
    const at = (i: number): Fragment => word(plane, `4u * ${blockOf(unit)} + ${i}u`);
    return wgsl`
  let pair = ${f16Pair}(${at(0)}) * ${sixBits}(${at(1)}, ${at(2)}, ${at(3)}, ${inBlock(unit)});
  let scales = vec2<f32>(pair.x);
  let mins = vec2<f32>(pair.y);`;
  };

/** 128 weights in 32 bytes, 32 to each pair of bits. */
const crumbs = (unit: string, part: string, reads: PlaneReads): Fragment => wgsl`
  ${twoWords(["first", "second"], 0, `4u * ${blockOf(unit)} + 2u * (${inBlock(unit)} >> 2u)`, part, reads)}
  let crumb = 1u << (2u * (${unit} & 3u));
  let lowBits = ${fieldsOf}(first, crumb, 3u);
  let highBits = ${fieldsOf}(second, crumb, 3u);`;

const levels = (low: Fragment, high: Fragment): Fragment => wgsl`
  let low = ${low};
  let high = ${high};`;

const unsignedLevels = levels(wgsl`lowBits`, wgsl`highBits`);
const nonLinearLevels4 = levels(wgsl`${nonLinearOf}(lowBits)`, wgsl`${nonLinearOf}(highBits)`);

/** Levels that the middle of the range is taken off. */
const centred = (low: string, high: string, middle: number): Fragment =>
  levels(wgsl`${low} - ${middle}.0`, wgsl`${high} - ${middle}.0`);

/** Weights in 16 bits, two to a word: a weight is its own level. */
const floatParts = (decode: (word: Fragment) => Fragment): PartReader =>
  reader({
    hasMins: false,
    scales: null,
    levels: (unit, part, { word }) => {
      const pair = (i: number): Fragment => decode(word(0, `16u * ${unit} + 2u * ${part} + ${i}u`));
      return levels(wgsl`vec4<f32>(${pair(0)}, ${pair(1)})`, wgsl`vec4<f32>(${pair(8)}, ${pair(9)})`);
    },
    eight: (eight, vector) => wgsl`
  let words = ${vector(0, eight)};
  ${levels(
    wgsl`vec4<f32>(${decode(wgsl`words.x`)}, ${decode(wgsl`words.y`)})`,
    wgsl`vec4<f32>(${decode(wgsl`words.z`)}, ${decode(wgsl`words.w`)})`,
  )}`,
  });

const f32Quad = (index: string, { quad }: PlaneReads): Fragment =>
  wgsl`bitcast<vec4<f32>>(vec4<u32>(${quad(0, index, "0u")}, ${quad(0, index, "1u")}, ${quad(0, index, "2u")}, ${quad(0, index, "3u")}))`;

/** Formats of weights that the product kernels read: blocks, and rows of floats one after the other. */
export type WeightFormat = QuantFormatName | "f32" | "f16" | "bf16";

/** By format. */
export const partReaders: { readonly [F in WeightFormat]: PartReader } = {
  bf16: floatParts((word) => wgsl`${bf16Pair}(${word})`),
  f16: floatParts((word) => wgsl`${f16Pair}(${word})`),
  f32: reader({
    hasMins: false,
    scales: null,
    levels: (unit, part, reads) =>
      levels(f32Quad(`8u * ${unit} + ${part}`, reads), f32Quad(`8u * ${unit} + ${part} + 4u`, reads)),
    eight: (eight, vector) => {
      const four = (i: number): Fragment => wgsl`bitcast<vec4<f32>>(${vector(0, `2u * ${eight} + ${i}u`)})`;
      return levels(four(0), four(1));
    },
  }),
  q4_0: reader({
    hasMins: false,
    scales: oneScale(1),
    levels: (unit, part, reads) => wgsl`
  ${splitNibbles(unit, part, reads)}
  ${centred("lowBits", "highBits", 8)}`,
  }),
  q4_1: reader({
    hasMins: true,
    scales: scaleAndShift(1),
    levels: (unit, part, reads) => wgsl`
  ${splitNibbles(unit, part, reads)}
  ${unsignedLevels}`,
  }),
  q5_0: reader({
    hasMins: false,
    scales: oneScale(2),
    levels: (unit, part, reads) => wgsl`
  ${splitNibbles(unit, part, reads)}
  ${withFifths(unit, part, reads)}
  ${centred("lowFive", "highFive", 16)}`,
  }),
  q5_1: reader({
    hasMins: true,
    scales: scaleAndShift(2),
    levels: (unit, part, reads) => wgsl`
  ${splitNibbles(unit, part, reads)}
  ${withFifths(unit, part, reads)}
  ${levels(wgsl`lowFive`, wgsl`highFive`)}`,
  }),
  q8_0: reader({
    hasMins: false,
    scales: oneScale(1),
    levels: (unit, part, reads) => wgsl`
  ${twoWords(["first", "second"], 0, `2u * ${unit}`, part, reads)}
  ${levels(wgsl`${signedBytes}(first)`, wgsl`${signedBytes}(second)`)}`,
  }),
  q2_K: reader({
    hasMins: true,
    levels: (unit, part, reads) => wgsl`
  ${crumbs(unit, part, reads)}
  ${unsignedLevels}`,
    scales: (unit, word) => wgsl`
  let packed = ${word(1, `4u * ${blockOf(unit)} + (${inBlock(unit)} >> 1u)`)} >> (16u * (${unit} & 1u));
  let heads = ${f16Pair}(${word(2, blockOf(unit))});
  let scales = heads.x * vec2<f32>(f32(packed & 15u), f32((packed >> 8u) & 15u));
  let mins = heads.y * vec2<f32>(f32((packed >> 4u) & 15u), f32((packed >> 12u) & 15u));`,
  }),
  q3_K: reader({
    hasMins: false,
    levels: (unit, part, reads) => wgsl`
  ${crumbs(unit, part, reads)}
  ${twoWords(["third", "fourth"], 1, `2u * ${blockOf(unit)}`, part, reads)}
  let bit = 1u << ${inBlock(unit)};
  let lowThree = lowBits + 4.0 * ${fieldsOf}(third, bit, 1u);
  let highThree = highBits + 4.0 * ${fieldsOf}(fourth, bit, 1u);
  ${centred("lowThree", "highThree", 4)}`,
    // Of groups 2j and 2j + 1: a low nibble from byte g mod 8, two bits from byte 8 + g mod 4.
    scales: (unit, word) => wgsl`
  let unitInBlock = ${inBlock(unit)};
  let lowScales = ${word(2, `3u * ${blockOf(unit)} + ((${unit} >> 1u) & 1u)`)} >> (16u * (${unit} & 1u) + 4u * (unitInBlock >> 2u));
  let highScales = ${word(2, `3u * ${blockOf(unit)} + 2u`)} >> (16u * (${unit} & 1u) + 2u * (unitInBlock >> 1u));
  let six = vec2<u32>(
    (lowScales & 15u) | ((highScales & 3u) << 4u),
    ((lowScales >> 8u) & 15u) | (((highScales >> 8u) & 3u) << 4u),
  );
  let scales = ${ownScale(3, blockOf(unit), word)} * (vec2<f32>(six) - 32.0);`,
  }),
  q4_K: reader({
    hasMins: true,
    scales: affineK(1),
    levels: (unit, part, reads) => wgsl`
  ${wideNibbles(unit, part, reads)}
  ${unsignedLevels}`,
  }),
  q5_K: reader({
    hasMins: true,
    scales: affineK(2),
    levels: (unit, part, reads) => wgsl`
  ${wideNibbles(unit, part, reads)}
  ${twoWords(["third", "fourth"], 1, `2u * ${blockOf(unit)}`, part, reads)}
  let bit = 1u << ${inBlock(unit)};
  let lowFive = lowBits + 16.0 * ${fieldsOf}(third, bit, 1u);
  let highFive = highBits + 16.0 * ${fieldsOf}(fourth, bit, 1u);
  ${levels(wgsl`lowFive`, wgsl`highFive`)}`,
  }),
  q6_K: reader({
    hasMins: false,
    // Units 0 and 1 of each half of the block are the low nibbles of 64 bytes, 2 and 3 the high ones.
    levels: (unit, part, reads) => wgsl`
  ${twoWords(["first", "second"], 0, `8u * ${blockOf(unit)} + 4u * (${inBlock(unit)} >> 2u) + 2u * (${unit} & 1u)`, part, reads)}
  ${twoWords(["third", "fourth"], 1, `4u * ${blockOf(unit)} + 2u * (${inBlock(unit)} >> 2u)`, part, reads)}
  let nibble = select(1u, 16u, (${unit} & 2u) == 2u);
  let crumb = 1u << (2u * (${unit} & 3u));
  let lowSix = ${fieldsOf}(first, nibble, 15u) + 16.0 * ${fieldsOf}(third, crumb, 3u);
  let highSix = ${fieldsOf}(second, nibble, 15u) + 16.0 * ${fieldsOf}(fourth, crumb, 3u);
  ${centred("lowSix", "highSix", 32)}`,
    scales: (unit, word) => wgsl`
  let packed = bitcast<i32>(${word(2, `4u * ${blockOf(unit)} + (${inBlock(unit)} >> 1u)`)} << (16u * (1u - (${unit} & 1u))));
  let scales = ${ownScale(3, blockOf(unit), word)} * vec2<f32>(f32((packed << 8u) >> 24u), f32(packed >> 24u));`,
  }),
  iq4_nl: reader({
    hasMins: false,
    scales: oneScale(1),
    levels: (unit, part, reads) => wgsl`
  ${splitNibbles(unit, part, reads)}
  ${nonLinearLevels4}`,
  }),
  iq4_xs: reader({
    hasMins: false,
    levels: (unit, part, reads) => wgsl`
  ${splitNibbles(unit, part, reads)}
  ${nonLinearLevels4}`,
    scales: (unit, word) => wgsl`
  let head = ${word(1, `2u * ${blockOf(unit)}`)};
  let lowScale = (${word(1, `2u * ${blockOf(unit)} + 1u`)} >> (4u * ${inBlock(unit)})) & 15u;
  let highScale = (head >> (16u + 2u * ${inBlock(unit)})) & 3u;
  let scales = vec2<f32>(${halfOfPair}(head, 0u) * (f32(lowScale | (highScale << 4u)) - 32.0));`,
  }),
};

/** The weights of a part as they are defined, after its `load`: `vec4<f32>` each. */
export const partWeights = ({ hasMins }: PartReader): readonly [low: Fragment, high: Fragment] =>
  hasMins
    ? [wgsl`(low * scales.x - mins.x)`, wgsl`(high * scales.y - mins.y)`]
    : [wgsl`(low * scales.x)`, wgsl`(high * scales.y)`];
