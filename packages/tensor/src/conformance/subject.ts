import type { Backend } from "../contract/backend.ts";
import { isFloat } from "../dtypes/dtype.ts";
import type { Scope } from "../scope.ts";
import type { Tensor } from "../tensor.ts";
import { drawnValues } from "./draws/argument.ts";
import type { Call, CallKind, ConformanceCase, ValuedCall, InputsOf } from "./case.ts";
import { doubled, expectSame, expectWithin, type Slack } from "./compare.ts";
import { asExpected, type TensorValues } from "./tensor-values.ts";
import { upload, type LayoutDraw } from "./draws/memory-layout.ts";

/** What a check examines: one kind of calls of one op on one backend. */
export interface Subject {
  readonly backend: Backend;
  readonly definition: ConformanceCase;
  readonly kind: CallKind;
  /** The backend promises the same bits for the same row, whatever it is computed together with. */
  readonly bitExactRows: boolean;
  readonly slack: Slack;
  /** Turns what runs outside the op's own kernel into an error while `fn` runs, or notes it. */
  traced<T>(fn: () => T): T;
}

/** The inputs by name, in another form. */
export function mapInputs<T, U>(inputs: InputsOf<"*", T>, fn: (input: T, name: string) => U): InputsOf<"*", U> {
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, fn(input, name)]));
}

/** The values of a call; without subnormals where the backend flushes them. */
export function valuesOf({ definition, slack: { floor } }: Subject, call: Call): ValuedCall {
  const keep = (value: number): number => (Math.abs(value) < floor ? 0 : value);
  const kept = (values: TensorValues): TensorValues =>
    floor > 0 && isFloat(values.dtype) ? { ...values, data: values.data.map(keep) } : values;
  const host = { inputs: mapInputs(call.inputs, (argument) => kept(drawnValues(argument))), params: call.params };
  return definition.finish ? definition.finish(call, host) : host;
}

const contiguous: LayoutDraw = { kind: "contiguous", seed: 0 };

/** Uploads a call's inputs, contiguous unless a call with layouts is given. */
export function place(scope: Scope, backend: Backend, host: ValuedCall, call?: Call): InputsOf<"*", Tensor> {
  return scope.run(() =>
    mapInputs(host.inputs, (input, name) => upload(backend, input, call?.inputs[name]?.layout ?? contiguous)),
  );
}

/** Uploads a call's inputs and runs the op on them. */
export function enact(scope: Scope, subject: Subject, host: ValuedCall, call?: Call): Tensor {
  const { backend, definition, kind } = subject;
  const inputs = place(scope, backend, host, call);
  return scope.run(() => subject.traced(() => definition.run(backend, inputs, host.params, kind)));
}

/**
 * Compares two results of one computation done in two ways: bit for bit where the op or the backend promises that, else
 * within twice the op's tolerance (either may be off by it).
 */
export function expectAlike(
  what: string,
  subject: Subject,
  call: Call,
  got: TensorValues,
  want: TensorValues,
  magnitude: Float64Array,
): void {
  const { definition, kind, bitExactRows, slack } = subject;
  if (definition.elementwise || bitExactRows) expectSame(what, got, want);
  else expectWithin(what, got, asExpected(want, magnitude), definition.tolerance(kind, call), doubled(slack));
}
