import type { Backend } from "../contract/backend.ts";
import type { Operand, QuantOperand } from "../contract/operand.ts";
import { isFloat, type DType } from "../dtypes/dtype.ts";
import { BackendError, DTypeError, ShapeError } from "../errors.ts";
import { contiguousLayout, formatShape } from "../layout.ts";
import { kernelFor, type KernelEntry } from "../contract/kernel-table.ts";
import type { CoreOp, FusedOp, OpName, OpSignatures } from "../contract/kernels.ts";
import type { QuantMatrix } from "../quant-matrix.ts";
import { runKernel, tryKernel } from "../run-kernel.ts";
import { scope } from "../scope.ts";
import { Tensor } from "../tensor.ts";
import { note } from "../trace.ts";
import { checkMatrix } from "./check-tensor.ts";

type TensorsFor<K extends OpName> = {
  readonly [I in keyof OpSignatures[K]["inputs"]]:
    | (NonNullable<OpSignatures[K]["inputs"][I]> extends QuantOperand ? QuantMatrix : Tensor)
    | (undefined extends OpSignatures[K]["inputs"][I] ? undefined : never);
};

/** Result shape and dtype of an op. */
export interface OutSpec {
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** Shape under which the kernel sees the result, where it is another. */
  readonly kernelShape?: readonly number[];
}

/**
 * Runs a core op into a new tensor; what no kernel takes goes through f32.
 *
 * @throws BackendError where no kernel takes it in f32 either
 */
export function runCore<K extends CoreOp>(
  op: K,
  backend: Backend,
  out: OutSpec,
  inputs: TensorsFor<K>,
  params: OpSignatures[K]["params"],
): Tensor {
  const entry = kernelFor(backend, op, out.dtype, inputs, params);
  if (entry) return runEntry(op, entry, backend, out, inputs, params);
  const given = Object.values(inputs) as readonly (Tensor | undefined)[];
  if (![out, ...given].some((t) => t && isNarrowFloat(t.dtype)))
    throw new BackendError(op, `"${backend.name}" has no kernel for ${out.dtype}`, { backend: backend.name, op });
  note(backend, op, "cast", out, inputs);
  return scope(() => {
    const wide = mapTensors(inputs, (t) => (isNarrowFloat(t.dtype) ? castTo(t, "f32") : t)) as TensorsFor<K>;
    const dtype = isNarrowFloat(out.dtype) ? "f32" : out.dtype;
    const result = runCore(op, backend, { shape: out.shape, dtype }, wide, params);
    return dtype === out.dtype ? result : castTo(result, out.dtype);
  });
}

/** What a kernel gets of an input; a tensor is one. */
type OperandsFor<K extends OpName> = OpSignatures[K]["inputs"];

/** Runs a fused op by a kernel of the backend, or by its composition where none takes the call. */
export function runFused<K extends FusedOp>(
  op: K,
  backend: Backend,
  out: OutSpec,
  inputs: OperandsFor<K>,
  params: OpSignatures[K]["params"],
  compose: () => Tensor,
): Tensor {
  const entry = kernelFor(backend, op, out.dtype, inputs, params);
  if (entry) return runEntry(op, entry, backend, out, inputs, params);
  note(backend, op, "composed", out, inputs);
  return scope(compose);
}

/**
 * The result of a fused op that joins others to save what lies between them; null where no kernel takes the call. Then it is the
 * others one by one, which tell of themselves: none of them is slower than it is alone.
 */
export function tryJoined<K extends FusedOp>(
  op: K,
  backend: Backend,
  out: OutSpec,
  inputs: OperandsFor<K>,
  params: OpSignatures[K]["params"],
): Tensor | null {
  const entry = kernelFor(backend, op, out.dtype, inputs, params);
  return entry ? runEntry(op, entry, backend, out, inputs, params) : null;
}

/** Writes `source` into a view of an existing storage; one that the kernel does not convert is cast first. */
export function runSliceUpdate(backend: Backend, out: Operand, source: Tensor): void {
  if (tryKernel(backend, "sliceUpdate", out, { source }, {})) return;
  note(backend, "sliceUpdate", "cast", { shape: source.shape, dtype: out.dtype }, { source });
  scope(() => runKernel(backend, "sliceUpdate", out, { source: castTo(source, out.dtype) }, {}));
}

/** Writes rows into a pool; those that the kernel does not convert are cast first. */
export function runScatterRows(
  backend: Backend,
  pool: Tensor,
  rows: Tensor,
  slots: Tensor,
  compose: (pool: Tensor, rows: Tensor, slots: Tensor) => void,
): void {
  if (tryKernel(backend, "scatterRows", pool, { rows, slots }, {})) return;
  const isCast = rows.dtype !== pool.dtype;
  const path =
    isCast && kernelFor(backend, "scatterRows", pool.dtype, { rows: pool, slots }, {}, pool) ? "cast" : "composed";
  note(backend, "scatterRows", path, pool, { rows, slots });
  scope(() => {
    if (path === "cast") runKernel(backend, "scatterRows", pool, { rows: castTo(rows, pool.dtype), slots }, {});
    else compose(pool, rows, slots);
  });
}

/** All tensors of one call must live on one backend. @throws BackendError */
export function commonBackend(op: string, ...tensors: readonly (Tensor | QuantMatrix | undefined)[]): Backend {
  let backend: Backend | undefined;
  for (const t of tensors) {
    if (t === undefined) continue;
    checkMatrix(op, t);
    backend ??= t.backend;
    if (t.backend !== backend)
      throw new BackendError(op, `inputs live on "${backend.name}" and "${t.backend.name}"; move them to one backend`, {
        backends: [backend.name, t.backend.name],
      });
  }
  if (!backend) throw new BackendError(op, "no tensor given");
  return backend;
}

/** @throws DTypeError unless all tensors share one dtype */
export function commonDType(op: string, ...tensors: readonly Tensor[]): DType {
  const given = tensors.map((t) => t.dtype);
  const first = given[0];
  if (given.some((dtype) => dtype !== first))
    throw new DTypeError(op, `dtypes differ: ${given.join(" and ")}; cast() one of them`, { given });
  return first;
}

/** @throws DTypeError unless the tensor is f32, f16 or bf16 */
export function requireFloat(op: string, name: string, t: Tensor): void {
  if (!isFloat(t.dtype))
    throw new DTypeError(op, `${name} is ${t.dtype}; expected f32, f16 or bf16`, { given: t.dtype, argument: name });
}

/** @throws ShapeError unless the tensor has this shape; −1 accepts any length */
export function requireShape(op: string, name: string, t: Tensor, expected: readonly number[]): void {
  if (t.rank !== expected.length || expected.some((n, axis) => n !== -1 && n !== t.shape[axis]))
    throw new ShapeError(op, `${name} is ${formatShape(t.shape)}; expected ${formatShape(expected)}`, {
      argument: name,
      given: t.shape,
      expected,
    });
}

function runEntry<K extends OpName>(
  op: K,
  entry: KernelEntry<K>,
  backend: Backend,
  out: OutSpec,
  inputs: OperandsFor<K>,
  params: OpSignatures[K]["params"],
): Tensor {
  note(backend, op, entry.path, out, inputs);
  const result = Tensor.empty(backend, out.shape, out.dtype);
  try {
    entry.run(out.kernelShape ? reshapedOperand(result, out.kernelShape) : result, inputs, params);
  } catch (error) {
    result.dispose();
    throw error;
  }
  return result;
}

function reshapedOperand({ handle, dtype }: Tensor, shape: readonly number[]): Operand {
  return { handle, dtype, layout: contiguousLayout(shape) };
}

const isNarrowFloat = (dtype: DType): boolean => isFloat(dtype) && dtype !== "f32";

function castTo(x: Tensor, dtype: DType): Tensor {
  return runCore("cast", x.backend, { shape: x.shape, dtype }, { x }, {});
}

function mapTensors(inputs: object, fn: (t: Tensor) => Tensor): Record<string, Tensor | undefined> {
  return Object.fromEntries(
    (Object.entries(inputs) as [string, Tensor | undefined][]).map(([name, t]) => [name, t && fn(t)]),
  );
}
