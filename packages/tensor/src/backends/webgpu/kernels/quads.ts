import type { Layout } from "../../../layout.ts";
import type { DType } from "../../../dtypes/dtype.ts";
import { decodeBf16, decodeF16 } from "../wgsl/halves.ts";
import { wgsl, type Fragment } from "../wgsl/tag.ts";

/** WGSL type of four elements as they are stored; floats only. */
export const quadType = (dtype: DType): string => (dtype === "f32" ? "vec4<f32>" : "vec2<u32>");

/** Four elements as f32. */
export function loadQuad(dtype: DType, words: string, index: Fragment): Fragment {
  const quad = wgsl`${words}[${index}]`;
  if (dtype === "f32") return quad;
  const decode = dtype === "f16" ? decodeF16 : decodeBf16;
  return wgsl`vec4<f32>(${decode}(${quad}.x & 0xffffu), ${decode}(${quad}.x >> 16u), ${decode}(${quad}.y & 0xffffu), ${decode}(${quad}.y >> 16u))`;
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
