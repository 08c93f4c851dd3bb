import type { KernelContext, Temporary } from "../../kernel-context.ts";
import type { Shader } from "../../pipelines.ts";
import { magnitude } from "../../wgsl/floats.ts";
import { wgsl, type Fragment } from "../../wgsl/tag.ts";
import { groupsFor, kernelShader } from "../module.ts";
import { wordFields } from "../rows/rows.ts";
import type { Product } from "./product.ts";

/** Bits that activations are rounded to. */
export type RoundedBits = 8 | 16;

/**
 * The largest level of a unit of 32. A level of 16 bits is 256·high + low, bytes with a sign both, so that products of bytes make
 * it up: at most 256·127 + 127.
 */
const topLevel = { 8: 127, 16: 127 * 257 } as const;

/** Below this x is taken for 0: one over it would be too large. */
const LEAST = 2 ** -110;

/** Rows [M, K] as levels: for each unit of a row, 8 words of four bytes each (of 16 bits: the high bytes, then the low ones). */
export interface RoundedRows {
  readonly place: Temporary;
  /** Where the scales begin, f32 [M, K/32], in words. */
  readonly scales: number;
}

/** The rows of x of a product, each unit of 32 by its own scale: the largest |x| over the largest level. To be called in a `scoped`. */
export function roundRows(context: KernelContext, { x, M, K }: Product, bits: RoundedBits): RoundedRows {
  const units = M * (K / 32);
  const scales = units * bits;
  const place = context.temporary(4 * (scales + units));
  context.run({
    shader: context.shader(`roundRows ${bits}`, () => makeShader(bits)),
    ...{ reads: [x.place], writes: [place] },
    words: [units, x.offset / 4, scales],
    groups: groupsFor(units),
  });
  return { place, scales };
}

/** A thread has a unit. */
function makeShader(bits: RoundedBits): Shader {
  const store = (word: string, byte: Fragment): Fragment =>
    wgsl`rows[${word}] = (${byte}.x & 255u) | ((${byte}.y & 255u) << 8u) | ((${byte}.z & 255u) << 16u) | (${byte}.w << 24u);`;
  return kernelShader({
    name: `roundRows ${bits}`,
    reads: { x: "vec4<f32>" },
    writes: { rows: "u32" },
    params: wordFields("units", "x_offset", "scales"),
    body: wgsl`
  if (thread >= p.units) { return; }
  let start = p.x_offset + 8u * thread;
  // By the bits: NaN is larger than all numbers, and the scale is NaN then.
  var largest = 0u;
  for (var i = 0u; i < 8u; i++) {
    for (var c = 0u; c < 4u; c++) { largest = max(largest, bitcast<u32>(${magnitude}(x[start + i][c]))); }
  }
  let top = bitcast<f32>(largest);
  let isZero = largest < bitcast<u32>(f32(${LEAST}));
  let inverse = select(${topLevel[bits]}.0 / top, 0.0, isZero);
  rows[p.scales + thread] = bitcast<u32>(select(top / ${topLevel[bits]}.0, 0.0, isZero));
  for (var i = 0u; i < 8u; i++) {
    let values = x[start + i];
    let patterns = bitcast<vec4<u32>>(values);
    // Beside an infinity, whose scale is one, all others are 0.
    let ends = select(vec4<f32>(${topLevel[bits]}.0), vec4<f32>(-${topLevel[bits]}.0), patterns >= vec4<u32>(0x80000000u));
    let isInfinite = (patterns & vec4<u32>(0x7fffffffu)) == vec4<u32>(0x7f800000u);
    let scaled = select(round(values * inverse), ends, isInfinite);
    let levels = vec4<i32>(clamp(scaled, vec4<f32>(-${topLevel[bits]}.0), vec4<f32>(${topLevel[bits]}.0)));
    ${
      bits === 8
        ? wgsl`let bytes = bitcast<vec4<u32>>(levels);
    ${store("8u * thread + i", wgsl`bytes`)}`
        : wgsl`let high = (levels + vec4<i32>(128)) >> vec4<u32>(8u);
    let highBytes = bitcast<vec4<u32>>(high);
    let lowBytes = bitcast<vec4<u32>>(levels - high * 256);
    ${store("16u * thread + i", wgsl`highBytes`)}
    ${store("16u * thread + 8u + i", wgsl`lowBytes`)}`
    }
  }`,
  });
}
