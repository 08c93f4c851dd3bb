import type fc from "fast-check";
import type { Backend } from "../contract/backend.ts";
import type { Operand, QuantFormatName } from "../contract/operand.ts";
import type { DType } from "../dtypes/dtype.ts";
import type { TensorError } from "../errors.ts";
import type { OpName, OpSignatures } from "../contract/kernels.ts";
import type { Tensor } from "../tensor.ts";
import type { Argument } from "./draws/argument.ts";
import type { Slack, Tolerance } from "./compare.ts";
import type { Expected, TensorValues } from "./tensor-values.ts";

/** Ops with a case: all of them. */
export type CaseOp = OpName;

/** Inputs that are tensors; a block-quantised matrix is among a call's parameters. */
type TensorInputs<Inputs> = {
  readonly [I in keyof Inputs as NonNullable<Inputs[I]> extends Operand ? I : never]: Inputs[I];
};

/** The tensor inputs of an op, each as a T; `"*"` stands for any op. */
export type InputsOf<K extends CaseOp | "*", T> = K extends CaseOp
  ? { readonly [I in keyof TensorInputs<OpSignatures[K]["inputs"]>]: T }
  : Readonly<Record<string, T>>;

/** What of an op is under test. */
export interface CallKind {
  /** Dtype of the first input; of the result where there is none. */
  readonly dtype: DType;
  /** A kind of the op at this dtype: `exp` of unary, the right side's dtype of a matmul; "" where there is one only. */
  readonly variant: string;
  /** `integers`: small whole numbers, for which the result is exact in any order of summation. */
  readonly values: "reals" | "integers";
}

/** One call as data: printed when it fails, pinned as an example once it has. */
export interface Call<K extends CaseOp | "*" = "*", P = unknown> {
  readonly inputs: InputsOf<K, Argument>;
  readonly params: P;
}

/** A call with its values. */
export interface ValuedCall<K extends CaseOp | "*" = "*", P = unknown> {
  readonly inputs: InputsOf<K, TensorValues>;
  readonly params: P;
}

/** One row of a batch as a call of its own, and the part of the batch's result that it must equal. */
export interface Row<K extends CaseOp | "*" = "*", P = unknown> {
  readonly title: string;
  readonly call: ValuedCall<K, P>;
  of(result: TensorValues): TensorValues;
}

/** A misuse of an op and the error it must throw. */
export interface Misuse {
  readonly title: string;
  /** The call; a returned tensor is read, since queued work may fail only there. */
  run(): Tensor | void;
  readonly error: abstract new (...args: never) => TensorError;
  /** What the message must contain: op name, both shapes, both dtypes. */
  readonly mentions: readonly string[];
}

export interface MisuseTools {
  readonly backend: Backend;
  /** A tensor of ones. */
  readonly make: (shape: readonly number[], dtype?: DType) => Tensor;
}

/** A law of the op, stated with public ops only. */
export interface Property<T = unknown> {
  readonly title: string;
  /** The block format that it is about. */
  readonly format?: QuantFormatName;
  readonly draws: fc.Arbitrary<T>;
  /** `slack` is what the backend is allowed beyond the law's tolerance. @throws Mismatch where the law is broken */
  holds(backend: Backend, drawn: T, slack: Slack): Promise<void>;
}

/** Everything the suite knows about one op (`"*"`: about any). `P`: parameters of a call. */
export interface ConformanceCase<K extends CaseOp | "*" = "*", P = unknown> {
  readonly op: K extends CaseOp ? K : CaseOp;
  readonly dtypes: readonly DType[];
  readonly variants: (dtype: DType) => readonly string[];
  calls(kind: CallKind): fc.Arbitrary<Call<K, P>>;
  /** Calls that always run: lengths around lane multiples, edge shapes, pinned counterexamples. */
  examples(kind: CallKind): readonly Call<K, P>[];
  /** Calls over special values, compared with the formula. */
  specials?(kind: CallKind): readonly Call<K, P>[];
  /** Changes the values of a call where one input decides what another holds. */
  finish?(call: Call<K, P>, host: ValuedCall<K, P>): ValuedCall<K, P>;
  /** The op under test; makes one new tensor. */
  run(backend: Backend, inputs: InputsOf<K, Tensor>, params: P, kind: CallKind): Tensor;
  /** A fused op's definition. */
  compose?(inputs: InputsOf<K, Tensor>, params: P, kind: CallKind): Tensor;
  /** The formula in plain numbers. */
  oracle(call: ValuedCall<K, P>, kind: CallKind): Expected;
  tolerance(kind: CallKind, call: Call<K, P>): Tolerance;
  /** Each result element is computed from its own input elements alone, so every layout gives the same bits. */
  readonly elementwise: boolean;
  /** Where small whole numbers give results that are exact whatever the order of summation. */
  exactOnIntegers?(kind: CallKind): boolean;
  /** Inputs whose elements may be replaced by special values without touching results that do not depend on them. */
  readonly sprinkled?: readonly string[];
  /** Special values for which even the results that depend on them follow the formula (default: all). */
  sprinkledFollow?(value: number): boolean;
  /** The rows of a call as calls of their own. */
  rows?(call: ValuedCall<K, P>): readonly Row<K, P>[];
  misuses?(tools: MisuseTools): readonly Misuse[];
  readonly properties?: readonly Property[];
}
