import type { Operand } from "../../contract/operand.ts";
import type { KernelEntry } from "../../contract/kernel-table.ts";
import type { OpName, OpSignatures } from "../../contract/kernels.ts";
import type { anyFormat } from "../host/accepts.ts";
import { HostStorage } from "../host/host-memory.ts";
import { createKernels, type HostOp } from "../host/kernels/index.ts";
import { contentOf, type KernelContext } from "./kernel-context.ts";
import type { Steps } from "./steps.ts";
import type { GpuJsStorage } from "./storage.ts";

/** The ops that the host can stand in for: those without block-quantised matrices. */
export type DenseHostOp = Exclude<HostOp, keyof typeof anyFormat>;

let made: ReturnType<typeof createKernels> | undefined;

const hostKernels = (): ReturnType<typeof createKernels> => (made ??= createKernels());

/** The ops that leave part of their output as it was. */
const updates: ReadonlySet<OpName> = new Set<OpName>(["sliceUpdate", "scatterRows"]);

/**
 * The host's kernel of an op, for what the device has none for. Integers are computed on the host, where they
 * are exact to 32 bits and wrap: on the device a number is an f32, exact to 2^24. In a decoder they are positions, page
 * tables and token ids, a few numbers per step.
 */
export function hostEntry<K extends DenseHostOp>(context: KernelContext, op: K): KernelEntry<K> {
  return {
    accepts: (hostKernels()[op] as readonly KernelEntry<K>[]).flatMap(({ accepts }) => accepts),
    path: "host",
    run(out, inputs, params) {
      // What is read; of some ops the output too.
      const read = [...Object.values(inputs as Readonly<Record<string, Operand>>), ...(updates.has(op) ? [out] : [])];
      const name = "op" in params ? params.op : op;
      context.schedule(name, out, read, (target) => runOnHost(context, op, target, out, inputs, params));
    },
  };
}

/**
 * Whether all are bools that the host knows already: a kernel for bools leaves such a call to the host, since a trip to
 * the device would take longer.
 */
export function areHostBools(...operands: readonly Operand[]): boolean {
  return operands.every((operand) => {
    const content = contentOf(operand);
    return operand.dtype === "bool" && (content.kind === "constant" || content.host !== null);
  });
}

/** Runs an op by the host's kernel, on copies there; the result stays on the host until a kernel needs it. */
export function* runOnHost<K extends DenseHostOp>(
  context: KernelContext,
  op: K,
  target: GpuJsStorage,
  out: Operand,
  inputs: OpSignatures[K]["inputs"],
  params: OpSignatures[K]["params"],
): Steps<void> {
  const { residency } = context;
  const moved: Record<string, Operand> = {};
  for (const [name, operand] of Object.entries(inputs as Record<string, Operand>)) {
    const storage = operand.handle as GpuJsStorage;
    const array = yield* residency.onHost(storage);
    moved[name] = {
      ...operand,
      layout: operand.layout,
      dtype: operand.dtype,
      handle: new HostStorage(storage.spec, array),
    };
  }
  const result = updates.has(op) ? (yield* residency.onHost(target)).slice() : residency.filled(target);
  const [{ run }] = hostKernels()[op] as readonly KernelEntry<K>[];
  const handle = new HostStorage(target.spec, result);
  run({ handle, layout: out.layout, dtype: out.dtype }, moved, params);
  residency.putHost(target, result);
}
