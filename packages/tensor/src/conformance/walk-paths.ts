import type { Backend } from "../contract/backend.ts";
import type { DType } from "../dtypes/dtype.ts";
import type { ActivationName } from "../contract/kernels.ts";
import { isQuantFormat, quantFormatNames } from "../quant/formats/index.ts";
import { storesQuant } from "../quant-matrix.ts";
import { configureDispatch, type Path } from "../trace.ts";
import { drawnValues } from "./draws/argument.ts";
import type { Call, CallKind, CaseOp, ConformanceCase } from "./case.ts";
import { conformanceCases } from "./cases/index.ts";
import { Mismatch } from "./compare.ts";
import { countOf } from "./tensor-values.ts";
import { session } from "./session.ts";
import { mapInputs, place } from "./subject.ts";

/** How a call runs, or that a backend keeps no matrices of the format, so that a load expands them to floats. */
export type WalkedPath = Path | "expanded";

/** One kind of calls of one op. */
export interface Step {
  readonly op: CaseOp;
  /** Dtype of the op's first input; of its result for `fill`, `arange` and `gatherQuant`. */
  readonly dtype: DType;
  /** A kind of the op: `exp` of unary, the format of the quantised matrix; "" where there is one only. */
  readonly variant: string;
}

/** Every op with every dtype and variant that the suite knows; those on quantised matrices with every block format. */
export const steps: readonly Step[] = conformanceCases.flatMap(({ op, dtypes, variants }) =>
  dtypes.flatMap((dtype) => {
    const known = variants(dtype);
    const all = known.every(isQuantFormat) ? quantFormatNames : known;
    return all.map((variant) => ({ op, dtype, variant }));
  }),
);

/** Dispatches a tiny call on contiguous tensors and tells the path it took. */
export async function walk(backend: Backend, { op, ...kind }: Step): Promise<WalkedPath> {
  const definition = conformanceCases.find((one) => one.op === op);
  if (!definition) throw new Mismatch(`${op} has no case`);
  if (isQuantFormat(kind.variant) && !storesQuant(backend, kind.variant)) return "expanded";
  const [path] = await pathsTaken(backend, definition, { ...kind, values: "reals" });
  if (path !== undefined) return path;
  // An op that joins others tells of itself only where a kernel carries it out.
  if (definition.compose) return "composed";
  throw new Mismatch(`the trace of ${op} ${kind.dtype} ${kind.variant} has no ${op}`);
}

/** Paths of all calls of the op that the trace of one call holds; its own is the first. */
function pathsTaken(backend: Backend, definition: ConformanceCase, kind: CallKind): Promise<Path[]> {
  const call = smallCall(definition, kind);
  return session(async (scope) => {
    const host = { inputs: mapInputs(call.inputs, drawnValues), params: call.params };
    const inputs = place(scope, backend, definition.finish?.(call, host) ?? host);
    const taken: Path[] = [];
    configureDispatch(backend, {
      onOp: ({ op, path }) => {
        if (op === definition.op) taken.push(path);
      },
    });
    try {
      const out = scope.run(() => definition.run(backend, inputs, call.params, kind));
      // Queued work fails only where it is read.
      await out.stored();
    } finally {
      configureDispatch(backend, {});
    }
    return taken;
  });
}

/** The first example with elements in every input, and with an activation that has kernels: not GELU by erf. */
function smallCall(definition: ConformanceCase, kind: CallKind): Call {
  const found = definition
    .examples(kind)
    .find(
      ({ inputs, params }) =>
        Object.values(inputs).every(({ shape }) => countOf(shape) > 0) &&
        (params as { readonly activation?: ActivationName }).activation !== "gelu",
    );
  if (!found) throw new Mismatch(`${definition.op} ${kind.dtype} ${kind.variant} has no example with elements`);
  return found;
}
