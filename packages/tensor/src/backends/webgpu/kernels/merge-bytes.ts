import type { KernelContext, Place } from "../kernel-context.ts";
import type { Shader } from "../pipelines.ts";
import { wgsl } from "../wgsl/tag.ts";
import { groupsFor, kernelShader } from "./module.ts";

/** Writes bytes into words that hold others too: out bytes [offset, offset + count) = bytes of `from`. */
export function mergeBytes(context: KernelContext, out: Place, offset: number, from: Place, count: number): void {
  const first = Math.floor(offset / 4);
  const words = Math.ceil((offset + count) / 4) - first;
  context.run({
    shader: context.shader("mergeBytes", makeShader),
    ...{ reads: [from], writes: [out] },
    words: [first, words, offset - 4 * first, count],
    groups: groupsFor(words),
  });
}

const makeShader = (): Shader =>
  kernelShader({
    name: "mergeBytes",
    reads: { source: "u32" },
    writes: { out: "u32" },
    params: { first: "u32", words: "u32", shift: "u32", count: "u32" },
    body: wgsl`
  if (thread >= p.words) { return; }
  var word = out[p.first + thread];
  for (var k = 0u; k < 4u; k++) {
    // Wraps where the byte is before the first, and is too large then.
    let i = 4u * thread + k - p.shift;
    if (i < p.count) {
      word = insertBits(word, extractBits(source[i >> 2u], 8u * (i & 3u), 8u), 8u * k, 8u);
    }
  }
  out[p.first + thread] = word;`,
  });
