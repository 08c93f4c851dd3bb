import type { Operand } from "../../../contract/operand.ts";
import { sizeOf } from "../../../layout.ts";
import type { KernelContext } from "../kernel-context.ts";
import { walk } from "../source/addressing.ts";
import { KernelText } from "../source/kernel-text.ts";
import type { Steps } from "../steps.ts";
import type { GpuJsStorage } from "../storage.ts";

/**
 * Work of an op whose element is a function of the same element of every input: `compute` gives the expression of the
 * result, in f32, from the expressions of the inputs.
 */
export function* elementwise<N extends string>(
  context: KernelContext,
  op: string,
  target: GpuJsStorage,
  out: Operand,
  inputs: Readonly<Record<N, Operand>>,
  compute: (text: KernelText, values: Readonly<Record<N, string>>) => string,
): Steps<void> {
  const { shape } = out.layout;
  const length = sizeOf(shape);
  if (length === 0) return;
  const text = new KernelText(length);
  const names = Object.keys(inputs) as N[];
  const values = {} as Record<N, string>;
  const reads: { readonly name: N; readonly read: (index: string) => string }[] = [];
  for (const name of names) {
    const source = yield* context.source(op, inputs[name]);
    const read = text.input(name, source);
    if (source.kind === "constant") values[name] = read("");
    else reads.push({ name, read });
  }
  const addresses = walk(
    text,
    "i",
    shape,
    reads.map(({ name }) => ({ name, layout: inputs[name].layout })),
  );
  reads.forEach(({ name, read }, k) => {
    values[name] = text.float(`${name}Value`, read(addresses[k] ?? "i"));
  });
  text.result(compute(text, values), out.dtype);
  context.residency.putDevice(target, yield* context.execute(op, text));
}
