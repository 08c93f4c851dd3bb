import type { Layout } from "../../../layout.ts";
import type { DType } from "../../../dtypes/dtype.ts";
import { bf16Pair, f16Pair } from "../wgsl/halves.ts";
import { wgsl, type Fragment } from "../wgsl/tag.ts";

/** WGSL type of four elements as they are stored; floats only. */
export const quadType = (dtype: DType): string => (dtype === "f32" ? "vec4<f32>" : "vec2<u32>");

/** Four elements as f32. */
export function loadQuad(dtype: DType, words: string, index: Fragment): Fragment {
  const quad = wgsl`${words}[${index}]`;
  if (dtype === "f32") return quad;
  const pair = dtype === "f16" ? f16Pair : bf16Pair;
  return wgsl`vec4<f32>(${pair}(${quad}.x), ${pair}(${quad}.y))`;
}

/** Whether the last axis lies in whole quads: elements next to one another, in fours that begin at multiples of four. */
export function hasQuads({ shape, strides, offset }: Layout): boolean {
  const last = shape.length - 1;
  return (
    strides[last] === 1 &&
    offset % 4 === 0 &&
    shape[last] % 4 === 0 &&
    strides.every((stride, axis) => axis === last || shape[axis] === 1 || stride % 4 === 0)
  );
}
