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
import { f16Pair } from "./halves.ts";
import { levels, reader, type PartFormat, type PartReader, type PlaneReads, type PlaneWord } from "./part-reader.ts";
import { wgsl, type Fragment } from "./tag.ts";

/** A run of bytes of every block of a format, kept in one piece for all blocks. */
export interface Plane {
  /** Where it begins in a block. */
  readonly offset: number;
  /** A multiple of 4, or 2: then two blocks share a word. */
  readonly bytes: number;
}

function plane(offset: number, bytes: number): Plane {
  return { offset, bytes };
}

/**
 * How the blocks of a format lie on the device, and how a thread reads them there: the levels, aligned to 16 bytes, apart from
 * the scales, so that neighbouring threads read neighbouring words. No bit is changed.
 */
export interface BlockFormat extends PartReader {
  readonly planes: readonly Plane[];
}

const blockFormat = ({ planes, ...format }: PartFormat & Pick<BlockFormat, "planes">): BlockFormat => ({
  ...reader(format),
  planes,
});

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

const unsignedLevels = levels(wgsl`lowBits`, wgsl`highBits`);
const nonLinearLevels4 = levels(wgsl`${nonLinearOf}(lowBits)`, wgsl`${nonLinearOf}(highBits)`);

/** Levels that the middle of the range is taken off. */
const centred = (low: string, high: string, middle: number): Fragment =>
  levels(wgsl`${low} - ${middle}.0`, wgsl`${high} - ${middle}.0`);

/** By format; a new one is a line here. */
export const blockFormats: { readonly [F in QuantFormatName]: BlockFormat } = {
  q4_0: blockFormat({
    // Nibbles, d.
    planes: [plane(2, 16), plane(0, 2)],
    hasMins: false,
    scales: oneScale(1),
    levels: (unit, part, reads) => wgsl`
  ${splitNibbles(unit, part, reads)}
  ${centred("lowBits", "highBits", 8)}`,
  }),
  q4_1: blockFormat({
    // Nibbles, d and m.
    planes: [plane(4, 16), plane(0, 4)],
    hasMins: true,
    scales: scaleAndShift(1),
    levels: (unit, part, reads) => wgsl`
  ${splitNibbles(unit, part, reads)}
  ${unsignedLevels}`,
  }),
  q5_0: blockFormat({
    // Nibbles, fifth bits, d.
    planes: [plane(6, 16), plane(2, 4), plane(0, 2)],
    hasMins: false,
    scales: oneScale(2),
    levels: (unit, part, reads) => wgsl`
  ${splitNibbles(unit, part, reads)}
  ${withFifths(unit, part, reads)}
  ${centred("lowFive", "highFive", 16)}`,
  }),
  q5_1: blockFormat({
    // Nibbles, fifth bits, d and m.
    planes: [plane(8, 16), plane(4, 4), plane(0, 4)],
    hasMins: true,
    scales: scaleAndShift(2),
    levels: (unit, part, reads) => wgsl`
  ${splitNibbles(unit, part, reads)}
  ${withFifths(unit, part, reads)}
  ${levels(wgsl`lowFive`, wgsl`highFive`)}`,
  }),
  q8_0: blockFormat({
    // Bytes, d.
    planes: [plane(2, 32), plane(0, 2)],
    hasMins: false,
    scales: oneScale(1),
    levels: (unit, part, reads) => wgsl`
  ${twoWords(["first", "second"], 0, `2u * ${unit}`, part, reads)}
  ${levels(wgsl`${signedBytes}(first)`, wgsl`${signedBytes}(second)`)}`,
  }),
  q2_K: blockFormat({
    // Pairs of bits, scales and minima, d and dmin.
    planes: [plane(16, 64), plane(0, 16), plane(80, 4)],
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
  q3_K: blockFormat({
    // Pairs of bits, third bits, scales, d.
    planes: [plane(32, 64), plane(0, 32), plane(96, 12), plane(108, 2)],
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
  q4_K: blockFormat({
    // Nibbles; d, dmin, scales and minima.
    planes: [plane(16, 128), plane(0, 16)],
    hasMins: true,
    scales: affineK(1),
    levels: (unit, part, reads) => wgsl`
  ${wideNibbles(unit, part, reads)}
  ${unsignedLevels}`,
  }),
  q5_K: blockFormat({
    // Nibbles, fifth bits; d, dmin, scales and minima.
    planes: [plane(48, 128), plane(16, 32), plane(0, 16)],
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
  q6_K: blockFormat({
    // Nibbles, pairs of bits, scales, d.
    planes: [plane(0, 128), plane(128, 64), plane(192, 16), plane(208, 2)],
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
  iq4_nl: blockFormat({
    // Nibbles, d.
    planes: [plane(2, 16), plane(0, 2)],
    hasMins: false,
    scales: oneScale(1),
    levels: (unit, part, reads) => wgsl`
  ${splitNibbles(unit, part, reads)}
  ${nonLinearLevels4}`,
  }),
  iq4_xs: blockFormat({
    // Nibbles; d and scales.
    planes: [plane(8, 128), plane(0, 8)],
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
