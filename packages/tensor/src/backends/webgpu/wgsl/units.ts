import type { QuantFormatName } from "../../../contract/operand.ts";
import { nonLinearLevels } from "../../../quant/formats/iq4-nl.ts";
import { decodeF16 } from "./halves.ts";
import { helper, wgsl, type Fragment } from "./tag.ts";

/** How a kernel reads the planes of a matrix: numbers of words and of quads (4 words) from the begin of plane `plane` on. */
export interface PlaneReader {
  readonly word: (plane: number, index: string) => Fragment;
  readonly quad: (plane: number, index: string) => Fragment;
}

/**
 * 32 consecutive weights of a row, `scale·level − min`, of which the first 16 and the last 16 may have their own scale and min.
 * A scale or min is that of the definition in f32; a level is a small whole number, and `scale·level` has 24 bits at most: it is
 * exact, and so it makes no difference whether a compiler fuses it with the subtraction.
 */
export interface UnitReader {
  /** Declares what the others use, for the unit of number `unit` (a name, u32) in the buffer. */
  readonly load: (unit: string, planes: PlaneReader) => Fragment;
  /** Weights 4k … 4k + 3: `vec4<f32>`. */
  readonly levels: (k: number) => Fragment;
  /** Of both halves: `vec2<f32>`. */
  readonly scales: Fragment;
  /** As `scales`; null where there are none. */
  readonly mins: Fragment | null;
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

/** The 6-bit scale and min of sub-block j, from the 12 bytes of q4_K and q5_K in words 1 … 3 of a quad. */
const sixBits = helper(
  wgsl`fn sixBits(head: vec4<u32>, j: u32) -> vec2<f32> {
    let shift = 8u * (j & 3u);
    let scale = (head.y >> shift) & 0xffu;
    let min = (head.z >> shift) & 0xffu;
    let low = (head.w >> shift) & 0xffu;
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

/** Word k of a quad, or of two that follow each other. */
const wordOf = (quads: readonly [string, string?], k: number): string =>
  `${quads[k >> 2] ?? ""}.${"xyzw".charAt(k & 3)}`;

/** Levels 4k … of 32 nibbles in 16 bytes, byte j with weight j low and j + 16 high. */
const splitNibbles = (quad: string, k: number): Fragment =>
  wgsl`${fieldsOf}(${wordOf([quad], k & 3)}, ${k < 4 ? "0u" : "4u"}, 15u)`;

const twice = (scalar: string): Fragment => wgsl`vec2<f32>(${scalar})`;

/** Formats of blocks of 32 with 16 bytes of nibbles: the unit is the block. */
const nibbleBlock = (
  scale: (unit: string, planes: PlaneReader) => Fragment,
  level: (k: number, nibbles: Fragment) => Fragment,
  mins: Fragment | null = null,
): UnitReader => ({
  load: (unit, planes) => wgsl`
    let nibbles = ${planes.quad(0, unit)};
    ${scale(unit, planes)}`,
  levels: (k) => level(k, splitNibbles("nibbles", k)),
  scales: twice("scale"),
  mins,
});

/** f16 d of a block. */
const ownScale =
  (plane: number) =>
  (unit: string, { word }: PlaneReader): Fragment =>
    wgsl`let scale = ${halfOfPair}(${word(plane, `(${unit} >> 1u)`)}, ${unit});`;

/** f16 d and m of a block: what is subtracted is −m. */
const scaleAndShift =
  (plane: number) =>
  (unit: string, { word }: PlaneReader): Fragment => wgsl`
    let pair = ${halfPair}(${word(plane, unit)});
    let scale = pair.x;
    let min = -pair.y;`;

const withFifth = (k: number, nibbles: Fragment): Fragment => wgsl`(${nibbles} | ${fifthBits}(fifths >> ${4 * k}u))`;

/** Formats of blocks of 256: `b` is the block, `j` the unit in it. */
const ofBlock = (unit: string): Fragment => wgsl`
    let b = ${unit} >> 3u;
    let j = ${unit} & 7u;`;

/** 64 weights in 32 bytes, the low nibbles first. */
const wideNibbles = ({ quad }: PlaneReader): Fragment => wgsl`
    let first = ${quad(0, "(8u * b + 2u * (j >> 1u))")};
    let second = ${quad(0, "(8u * b + 2u * (j >> 1u) + 1u)")};
    let shift = 4u * (j & 1u);`;

const affineK = (plane: number, { quad }: PlaneReader): Fragment => wgsl`
    let head = ${quad(plane, "b")};
    let pair = ${halfPair}(head.x) * ${sixBits}(head, j);
    let scale = pair.x;
    let min = pair.y;`;

/** 128 weights in 32 bytes, 32 to each pair of bits. */
const crumbs = ({ quad }: PlaneReader): Fragment => wgsl`
    let first = ${quad(0, "(4u * b + 2u * (j >> 2u))")};
    let second = ${quad(0, "(4u * b + 2u * (j >> 2u) + 1u)")};
    let shift = 2u * (j & 3u);`;

const wide = ["first", "second"] as const;

/** By format. */
export const unitReaders: { readonly [F in QuantFormatName]: UnitReader } = {
  q4_0: nibbleBlock(ownScale(1), (_, q) => wgsl`(vec4<f32>(${q}) - 8.0)`),
  q4_1: nibbleBlock(scaleAndShift(1), (_, q) => wgsl`vec4<f32>(${q})`, twice("min")),
  q5_0: nibbleBlock(
    (unit, planes) => wgsl`
    let fifths = ${planes.word(1, unit)};
    ${ownScale(2)(unit, planes)}`,
    (k, q) => wgsl`(vec4<f32>(${withFifth(k, q)}) - 16.0)`,
  ),
  q5_1: nibbleBlock(
    (unit, planes) => wgsl`
    let fifths = ${planes.word(1, unit)};
    ${scaleAndShift(2)(unit, planes)}`,
    (k, q) => wgsl`vec4<f32>(${withFifth(k, q)})`,
    twice("min"),
  ),
  q8_0: {
    load: (unit, planes) => wgsl`
    let first = ${planes.quad(0, `(2u * ${unit})`)};
    let second = ${planes.quad(0, `(2u * ${unit} + 1u)`)};
    ${ownScale(1)(unit, planes)}`,
    levels: (k) => wgsl`${signedBytes}(${wordOf(wide, k)})`,
    scales: twice("scale"),
    mins: null,
  },
  q2_K: {
    load: (unit, planes) => wgsl`
    ${ofBlock(unit)}
    ${crumbs(planes)}
    let packed = ${planes.word(1, "(4u * b + (j >> 1u))")} >> (16u * (j & 1u));
    let heads = ${halfPair}(${planes.word(2, "b")});
    let scales = heads.x * vec2<f32>(f32(packed & 15u), f32((packed >> 8u) & 15u));
    let mins = heads.y * vec2<f32>(f32((packed >> 4u) & 15u), f32((packed >> 12u) & 15u));`,
    levels: (k) => wgsl`vec4<f32>(${fieldsOf}(${wordOf(wide, k)}, shift, 3u))`,
    scales: wgsl`scales`,
    mins: wgsl`mins`,
  },
  q3_K: {
    load: (unit, planes) => wgsl`
    ${ofBlock(unit)}
    ${crumbs(planes)}
    let third = ${planes.quad(1, "(2u * b)")};
    let fourth = ${planes.quad(1, "(2u * b + 1u)")};
    // Scales of groups 2j and 2j + 1: a low nibble from byte g mod 8, two bits from byte 8 + g mod 4.
    let low = ${planes.word(2, "(3u * b + ((j >> 1u) & 1u))")} >> (16u * (j & 1u) + 4u * (j >> 2u));
    let high = ${planes.word(2, "(3u * b + 2u)")} >> (16u * (j & 1u) + 2u * (j >> 1u));
    let six = vec2<u32>((low & 15u) | ((high & 3u) << 4u), ((low >> 8u) & 15u) | (((high >> 8u) & 3u) << 4u));
    let scales = ${halfOfPair}(${planes.word(3, "(b >> 1u)")}, b) * (vec2<f32>(six) - 32.0);`,
    levels: (k) =>
      wgsl`(vec4<f32>(${fieldsOf}(${wordOf(wide, k)}, shift, 3u) | (${fieldsOf}(${wordOf(["third", "fourth"], k)}, j, 1u) << vec4<u32>(2u))) - 4.0)`,
    scales: wgsl`scales`,
    mins: null,
  },
  q4_K: {
    load: (unit, planes) => wgsl`
    ${ofBlock(unit)}
    ${wideNibbles(planes)}
    ${affineK(1, planes)}`,
    levels: (k) => wgsl`vec4<f32>(${fieldsOf}(${wordOf(wide, k)}, shift, 15u))`,
    scales: twice("scale"),
    mins: twice("min"),
  },
  q5_K: {
    load: (unit, planes) => wgsl`
    ${ofBlock(unit)}
    ${wideNibbles(planes)}
    let third = ${planes.quad(1, "(2u * b)")};
    let fourth = ${planes.quad(1, "(2u * b + 1u)")};
    ${affineK(2, planes)}`,
    levels: (k) =>
      wgsl`vec4<f32>(${fieldsOf}(${wordOf(wide, k)}, shift, 15u) | (${fieldsOf}(${wordOf(["third", "fourth"], k)}, j, 1u) << vec4<u32>(4u)))`,
    scales: twice("scale"),
    mins: twice("min"),
  },
  q6_K: {
    load: (unit, planes) => wgsl`
    ${ofBlock(unit)}
    // Units 0 and 1 of each half are the low nibbles of 64 bytes, 2 and 3 the high ones.
    let first = ${planes.quad(0, "(8u * b + 4u * (j >> 2u) + 2u * (j & 1u))")};
    let second = ${planes.quad(0, "(8u * b + 4u * (j >> 2u) + 2u * (j & 1u) + 1u)")};
    let third = ${planes.quad(1, "(4u * b + 2u * (j >> 2u))")};
    let fourth = ${planes.quad(1, "(4u * b + 2u * (j >> 2u) + 1u)")};
    let shift = 4u * ((j >> 1u) & 1u);
    let pairs = 2u * (j & 3u);
    let packed = bitcast<i32>(${planes.word(2, "(4u * b + (j >> 1u))")} << (16u * (1u - (j & 1u))));
    let scales = ${halfOfPair}(${planes.word(3, "(b >> 1u)")}, b) * vec2<f32>(f32((packed << 8u) >> 24u), f32(packed >> 24u));`,
    levels: (k) =>
      wgsl`(vec4<f32>(${fieldsOf}(${wordOf(wide, k)}, shift, 15u) | (${fieldsOf}(${wordOf(["third", "fourth"], k)}, pairs, 3u) << vec4<u32>(4u))) - 32.0)`,
    scales: wgsl`scales`,
    mins: null,
  },
  iq4_nl: nibbleBlock(ownScale(1), (_, q) => wgsl`${nonLinearOf}(${q})`),
  iq4_xs: {
    load: (unit, planes) => wgsl`
    ${ofBlock(unit)}
    let nibbles = ${planes.quad(0, unit)};
    let head = ${planes.word(1, "(2u * b)")};
    let low = (${planes.word(1, "(2u * b + 1u)")} >> (4u * j)) & 15u;
    let high = (head >> (16u + 2u * j)) & 3u;
    let scale = ${halfOfPair}(head, 0u) * (f32(low | (high << 4u)) - 32.0);`,
    levels: (k) => wgsl`${nonLinearOf}(${splitNibbles("nibbles", k)})`,
    scales: twice("scale"),
    mins: null,
  },
};

/** Weights 4k … 4k + 3 as they are defined. */
export function weightsOf({ levels, scales, mins }: UnitReader, k: number): Fragment {
  const half = k < 4 ? "x" : "y";
  const product = wgsl`${levels(k)} * (${scales}).${half}`;
  return mins ? wgsl`(${product} - (${mins}).${half})` : product;
}
