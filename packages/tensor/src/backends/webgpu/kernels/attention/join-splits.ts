import type { Operand } from "../../../../contract/operand.ts";
import type { KernelContext, Place } from "../../kernel-context.ts";
import type { Shader } from "../../pipelines.ts";
import { exponential } from "../../wgsl/exponential.ts";
import { keys } from "../../wgsl/order.ts";
import { wgsl } from "../../wgsl/tag.ts";
import { groupsFor, kernelShader } from "../module.ts";
import { wordFields } from "../rows/rows.ts";

/** out [N, H, Dv] from partial [N, H, splits, Dv + 2]: what each split mixed, the key of its largest score, and its sum. */
export function joinSplits(context: KernelContext, out: Operand, partial: Place, splits: number): void {
  const [N, H, Dv] = out.layout.shape;
  const threads = N * H * Dv;
  context.run({
    shader: context.shader("joinSplits", makeShader),
    ...{ reads: [partial], writes: [out] },
    words: [threads, splits, Dv, out.layout.offset],
    groups: groupsFor(threads),
  });
}

const makeShader = (): Shader =>
  kernelShader({
    name: "joinSplits",
    reads: { partial: "u32" },
    writes: { out: "f32" },
    params: wordFields("threads", "splits", "depth", "out_offset"),
    body: wgsl`
  if (thread >= p.threads) { return; }
  let row = thread / p.depth * p.splits * (p.depth + 2u);
  let column = thread % p.depth;
  var top = 0u;
  for (var i = 0u; i < p.splits; i++) { top = max(top, partial[row + i * (p.depth + 2u) + p.depth]); }
  var mixed = 0.0;
  var total = 0.0;
  for (var i = 0u; i < p.splits; i++) {
    let at = row + i * (p.depth + 2u);
    let key = partial[at + p.depth];
    // A split that saw no key has the key 0.
    if (key == 0u) { continue; }
    var factor = 1.0;
    if (key != top) { factor = ${exponential}(${keys.f32.back}(key) - ${keys.f32.back}(top)); }
    mixed += bitcast<f32>(partial[at + column]) * factor;
    total += bitcast<f32>(partial[at + p.depth + 1u]) * factor;
  }
  if (top == 0u) { total = 1.0; }
  out[p.out_offset + thread] = mixed / total;`,
  });
