import type { Backend } from "../../../contract/backend.ts";
import { decodeF16 as numberOf } from "../../../dtypes/half.ts";
import { contiguousLayout } from "../../../layout.ts";
import type { KernelContext } from "../kernel-context.ts";
import { groupsFor, kernelShader } from "../kernels/module.ts";
import type { Shader } from "../pipelines.ts";
import { decodeF16, f16Pair } from "../wgsl/halves.ts";
import { wgsl } from "../wgsl/tag.ts";

const PAIRS = 32768;

/** Each of the 65,536 halves, read alone and as one of a pair. */
const everyHalf = (): Shader =>
  kernelShader({
    name: "everyHalf",
    writes: { out: "vec4<f32>" },
    params: {},
    body: wgsl`
  let first = 2u * thread;
  let second = first + 1u;
  out[thread] = vec4<f32>(${decodeF16}(first), ${decodeF16}(second), ${f16Pair}(first | (second << 16u)));`,
  });

/** What a device makes of a half that it reads wrongly; null where it reads them all as they are. Of NaN, which one is open. */
export async function wrongHalf(context: KernelContext, backend: Backend): Promise<string | null> {
  const handle = backend.alloc({ kind: "dense", dtype: "f32", length: 4 * PAIRS });
  try {
    const out = { handle, layout: contiguousLayout([4 * PAIRS]), dtype: "f32" } as const;
    const shader = context.shader("everyHalf", everyHalf);
    context.run({ shader, reads: [], writes: [out], words: [], groups: groupsFor(PAIRS) });
    const got = new Float32Array((await backend.read(handle)).buffer);
    const halfOf = (i: number): number => 2 * (i >> 2) + (i & 1);
    const wrong = got.findIndex((value, i) => !Object.is(value, numberOf(halfOf(i))));
    if (wrong < 0) return null;
    const half = halfOf(wrong);
    return `it gave ${got[wrong]} for the half 0x${half.toString(16).padStart(4, "0")}, which is ${numberOf(half)}`;
  } finally {
    backend.release(handle);
  }
}
