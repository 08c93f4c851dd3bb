import type { Kernel } from "../../../contract/kernels.ts";
import { dtypes, type DType } from "../../../dtypes/dtype.ts";
import { sizeOf } from "../../../layout.ts";
import type { KernelContext } from "../kernel-context.ts";
import type { Shader } from "../pipelines.ts";
import { wgsl } from "../wgsl/tag.ts";
import { groupsFor, kernelShader } from "./module.ts";

/** A word of one element repeated. */
function patternOf(dtype: DType, value: number): number {
  const { bytes, view, encode } = dtypes[dtype];
  const word = new ArrayBuffer(4);
  view(word, 0, 4 / bytes).fill(encode(value));
  return new Uint32Array(word)[0];
}

export const createFill =
  (context: KernelContext): Kernel<"fill"> =>
  (out, _, { value }) => {
    const { bytes } = dtypes[out.dtype];
    const begin = out.layout.offset * bytes;
    const end = begin + sizeOf(out.layout.shape) * bytes;
    const first = Math.floor(begin / 4);
    const words = end > begin ? Math.ceil(end / 4) - first : 0;
    context.run({
      shader: context.shader("fill", makeShader),
      ...{ reads: [], writes: [out] },
      words: [first, words, begin - 4 * first, end - begin, patternOf(out.dtype, value)],
      groups: groupsFor(words),
    });
  };

/** The first and the last word may hold bytes of others. */
const makeShader = (): Shader =>
  kernelShader({
    name: "fill",
    writes: { out: "u32" },
    params: { first: "u32", words: "u32", shift: "u32", count: "u32", pattern: "u32" },
    body: wgsl`
  if (thread >= p.words) { return; }
  var mask = 0u;
  for (var k = 0u; k < 4u; k++) {
    // Wraps where the byte is before the first, and is too large then.
    if (4u * thread + k - p.shift < p.count) { mask |= 0xffu << (8u * k); }
  }
  let at = p.first + thread;
  if (mask == 0xffffffffu) { out[at] = p.pattern; } else { out[at] = (out[at] & ~mask) | (p.pattern & mask); }`,
  });
