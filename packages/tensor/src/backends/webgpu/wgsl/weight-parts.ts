import type { QuantFormatName } from "../../../contract/operand.ts";
import { blockFormats } from "./block-formats.ts";
import { bf16Pair, f16Pair } from "./halves.ts";
import { levels, reader, type PartReader, type PlaneReads } from "./part-reader.ts";
import { wgsl, type Fragment } from "./tag.ts";

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
  ...blockFormats,
};
