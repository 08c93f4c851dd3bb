import type { QuantOperand } from "../../../contract/operand.ts";
import type { KernelContext } from "../kernel-context.ts";

/** One matrix of a product and where its columns go. */
export interface PanelMatrix {
  readonly weight: QuantOperand;
  /** First column of the result. */
  readonly column: number;
  /** Address of its bias; 0 = none. */
  readonly bias: number;
}

/** Packed rows and where a product of them goes, in the memory of the matrices. */
export interface PanelRows {
  /** Address of the records of M rows of K values. */
  readonly packed: number;
  readonly M: number;
  readonly K: number;
  /** As in `PanelProduct`. */
  readonly out: number;
  readonly residual: number;
  readonly columns: number;
}

/** A command for rows and matrices of one memory. */
export type RunPanels = (context: KernelContext, rows: PanelRows, matrices: readonly PanelMatrix[]) => void;
