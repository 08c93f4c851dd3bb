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
export interface PartFormat {
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

export function reader(format: PartFormat): PartReader {
  const { levels: levelsOf, scales } = format;
  const load: PartReader["load"] = (unit, part, word) => {
    const quad: PlaneQuad = (plane, index, at) => word(plane, `4u * (${index}) + ${at}`);
    return wgsl`
  ${levelsOf(unit, part, { word, quad })}
  ${scales ? scales(unit, word) : "let scales = vec2<f32>(1.0);"}`;
  };
  return { ...format, load };
}

/** Declares the levels of a part. */
export const levels = (low: Fragment, high: Fragment): Fragment => wgsl`
  let low = ${low};
  let high = ${high};`;

/** The weights of a part as they are defined, after its `load`: `vec4<f32>` each. */
export const partWeights = ({ hasMins }: PartReader): readonly [low: Fragment, high: Fragment] =>
  hasMins
    ? [wgsl`(low * scales.x - mins.x)`, wgsl`(high * scales.y - mins.y)`]
    : [wgsl`(low * scales.x)`, wgsl`(high * scales.y)`];
