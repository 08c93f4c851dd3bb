import type { Backend } from "../contract/backend.ts";
import { dtypes } from "../dtypes/dtype.ts";
import { Rng } from "../rng.ts";
import { Scope } from "../scope.ts";
import { fromStored, type Tensor } from "../tensor.ts";
import type { Argument } from "./draws/argument.ts";
import type { CaseOp, Work } from "./case.ts";
import { conformanceCases } from "./cases/index.ts";
import { countOf } from "./host-tensor.ts";
import { mapInputs } from "./subject.ts";

/** An op call of a size that matters for speed, for benchmarks. */
export interface PerfCall {
  readonly op: CaseOp;
  readonly title: string;
  readonly work: Work;
  /** Makes the inputs on a backend. */
  prepare(backend: Backend): PreparedCall;
}

export interface PreparedCall extends Disposable {
  /** One call; the result is the caller's to dispose. */
  run(): Tensor;
}

/** Values of the usual size, cheap to make: an index table's own, else one period of a thousand uniform numbers. */
function place(backend: Backend, { dtype, shape, fill }: Argument): Tensor {
  const { bytes, encode, view } = dtypes[dtype];
  const rng = new Rng(1);
  const low = fill.kind === "integers" ? fill.low : -1;
  const high = fill.kind === "integers" ? fill.high : 1;
  const drawn = Array.from({ length: 1009 }, () => low + rng.uniform() * (high - low));
  const period = (fill.kind === "values" ? fill.values : drawn).map((value) => encode(value));
  const stored = view(new ArrayBuffer(countOf(shape) * bytes), 0, countOf(shape));
  for (let i = 0; i < stored.length; i++) stored[i] = period[i % period.length];
  return fromStored(backend, stored, shape, dtype);
}

/** The calls that the cases name for benchmarks. */
export const perfCalls: readonly PerfCall[] = conformanceCases.flatMap((definition) =>
  (definition.perf ?? []).map(({ title, kind, call, work }) => ({
    op: definition.op,
    title,
    work,
    prepare(backend) {
      const scope = new Scope();
      const inputs = scope.run(() => mapInputs(call.inputs, (argument) => place(backend, argument)));
      return {
        run: () => definition.run(backend, inputs, call.params, kind),
        [Symbol.dispose]: () => scope.close(),
      };
    },
  })),
);
