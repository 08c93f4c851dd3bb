import type { Backend, Operand, QuantFormatName, QuantOperand } from "../backend.ts";
import { isFloat, type DType } from "../dtype.ts";
import { BackendError, DTypeError, ShapeError } from "../errors.ts";
import { contiguousLayout, formatShape } from "../layout.ts";
import type { CoreOp, FusedOp, Int8Op, Kernel, OpName, OpSignatures, QuantFusedOp, QuantOp } from "../kernels.ts";
import type { QuantMatrix } from "../quant-matrix.ts";
import { scope } from "../scope.ts";
import { Tensor } from "../tensor.ts";

/** How one op call was carried out. */
export interface TraceEvent {
  readonly op: OpName;
  /** `kernel` = the backend's own; `cast` = its kernel around casts to f32; `composed` = from core ops. */
  readonly path: "kernel" | "cast" | "composed";
  readonly out: { readonly shape: readonly number[]; readonly dtype: DType };
}

export interface DispatchOptions {
  /** Turn fallbacks (casts and compositions) into errors. */
  readonly strict?: boolean;
  /** Called once per op. */
  readonly onOp?: (event: TraceEvent) => void;
}

const options = new WeakMap<Backend, DispatchOptions>();

/** Sets strictness and the trace listener for all ops on a backend; `{}` resets them. */
export function configureDispatch(backend: Backend, settings: DispatchOptions): void {
  options.set(backend, settings);
}

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

/** Runs a core op into a new tensor; unsupported dtypes go through f32. */
export function runCore<K extends CoreOp>(
  op: K,
  backend: Backend,
  out: OutSpec,
  inputs: TensorsFor<K>,
  params: OpSignatures[K]["params"],
): Tensor {
  // A core kernel exists for every op by type; the union over K needs the assertion.
  const kernel = backend.kernels[op] as Kernel<K>;
  if (supports(backend, op, out, inputs)) return runKernel(op, kernel, backend, out, inputs, params);
  note(backend, { op, path: "cast", out });
  return scope(() => {
    const wide = mapTensors(inputs, (t) => (isFloat(t.dtype) && t.dtype !== "f32" ? castKernel(t, "f32") : t));
    const dtype = isFloat(out.dtype) ? "f32" : out.dtype;
    const result = emptyOut(backend, { shape: out.shape, dtype });
    kernel(result, wide, params);
    return dtype === out.dtype ? result : castKernel(result, out.dtype);
  });
}

/** What a kernel gets of an input; a tensor is one. */
type OperandsFor<K extends OpName> = OpSignatures[K]["inputs"];

/** Runs a fused, quant or int8 op by the backend's kernel, or by its composition where there is none for these dtypes. */
export function runFused<K extends FusedOp | QuantOp | QuantFusedOp | Int8Op>(
  op: K,
  backend: Backend,
  out: OutSpec,
  inputs: OperandsFor<K>,
  params: OpSignatures[K]["params"],
  compose: () => Tensor,
): Tensor {
  const kernel = backend.kernels[op] as Kernel<K> | undefined;
  if (kernel && supports(backend, op, out, inputs)) return runKernel(op, kernel, backend, out, inputs, params);
  note(backend, { op, path: "composed", out });
  return scope(compose);
}

/** All tensors of one call must live on one backend. @throws BackendError */
export function commonBackend(op: string, ...tensors: readonly (Tensor | QuantMatrix | undefined)[]): Backend {
  let backend: Backend | undefined;
  for (const t of tensors) {
    if (!t) continue;
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

function runKernel<K extends OpName>(
  op: K,
  kernel: Kernel<K>,
  backend: Backend,
  out: OutSpec,
  inputs: OperandsFor<K>,
  params: OpSignatures[K]["params"],
): Tensor {
  note(backend, { op, path: "kernel", out });
  const result = emptyOut(backend, out);
  try {
    kernel(out.kernelShape ? reshapedOperand(result, out.kernelShape) : result, inputs, params);
  } catch (error) {
    result.dispose();
    throw error;
  }
  return result;
}

function reshapedOperand({ handle, dtype }: Tensor, shape: readonly number[]): Operand {
  return { handle, dtype, layout: contiguousLayout(shape) };
}

function emptyOut(backend: Backend, out: OutSpec): Tensor {
  return Tensor.empty(backend, out.shape, out.dtype);
}

function castKernel(x: Tensor, dtype: DType): Tensor {
  const result = Tensor.empty(x.backend, x.shape, dtype);
  x.backend.kernels.cast(result, { x }, {});
  return result;
}

/** Whether the backend's kernel takes these dtypes, and each of the block formats among the inputs. */
function supports(backend: Backend, op: OpName, out: OutSpec, inputs: object): boolean {
  const given: Record<string, DType | undefined> = {};
  const formats: QuantFormatName[] = [];
  for (const name in inputs) {
    const value = (inputs as Readonly<Record<string, Operand | QuantOperand | undefined>>)[name];
    if (value === undefined) continue;
    if ("format" in value) formats.push(value.format);
    else given[name] = value.dtype;
  }
  const dtypes = { out: out.dtype, inputs: given };
  if (formats.length === 0) return backend.supports(op, dtypes);
  return formats.every((format) => backend.supports(op, { ...dtypes, format }));
}

function note(backend: Backend, event: TraceEvent): void {
  const settings = options.get(backend);
  if (!settings) return;
  if (settings.strict && event.path !== "kernel")
    throw new BackendError(
      event.op,
      `"${backend.name}" has no kernel for ${event.out.dtype} here (${event.path}); turn strict off`,
      {
        ...event,
      },
    );
  settings.onOp?.(event);
}

function mapTensors(inputs: object, fn: (t: Tensor) => Tensor): Record<string, Tensor | undefined> {
  return Object.fromEntries(
    (Object.entries(inputs) as [string, Tensor | undefined][]).map(([name, t]) => [name, t && fn(t)]),
  );
}
