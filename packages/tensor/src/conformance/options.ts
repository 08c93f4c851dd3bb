import type { Backend } from "../contract/backend.ts";
import type { QuantFormatName } from "../contract/operand.ts";
import type { DType } from "../dtypes/dtype.ts";
import type { CaseOp } from "./case.ts";
import type { CheckName } from "./op-checks/index.ts";

/** Selects tests; what is left out matches all. */
export interface Selection {
  readonly op?: CaseOp;
  /** Dtype of the op's first input; of its result for `fill` and `arange`. */
  readonly dtype?: DType;
  readonly variant?: string;
  /** Format of the block-quantised matrix of `quantMatmul` and `gatherQuant`. */
  readonly format?: QuantFormatName;
  readonly check?: CheckName;
}

/** Tests that a backend is known not to pass. One that would pass after all fails the run. */
export interface Skip extends Selection {
  readonly op: CaseOp;
  readonly reason: string;
}

/** A wider tolerance for an op on one backend. */
export interface Loosened {
  readonly op: CaseOp;
  readonly dtype?: DType;
  readonly variant?: string;
  /** Factor on the case's tolerance. */
  readonly factor: number;
  readonly reason: string;
}

export interface ConformanceOptions {
  /** Name in the report. */
  readonly name: string;
  create(): Backend | Promise<Backend>;
  readonly skip?: readonly Skip[];
  readonly loosen?: readonly Loosened[];
  /** The backend promises a row the same bits whatever it is computed together with; default false. */
  readonly bitExactRows?: boolean;
  /** An op that does not run by a kernel of the backend fails; default false: the report shows it. */
  readonly strict?: boolean;
  /**
   * Reason why subnormal f32 become 0 on this backend: inputs then hold none, and results may be 0 where the formula
   * gives one.
   */
  readonly flushesSubnormals?: string;
  /** Drawn calls per test, beside the pinned examples; default 20. */
  readonly runs?: number;
  /** Seed of all draws; default 1. */
  readonly seed?: number;
  /** Only these tests; of several selections, what any of them includes. */
  readonly only?: Selection | readonly Selection[];
}
