import type { QuantFormatName } from "@helium-lm/tensor";
import type { KeptMatrix, MatrixPath } from "../kept/kept-matrix.ts";

/** What a load did with the checkpoint's keys. */
export interface LoadReport {
  /** Paths that were freshly initialised. */
  readonly missing: readonly string[];
  /** Checkpoint names nobody asked for. */
  readonly unused: readonly string[];
  /** Matrices whose rows do not fill the blocks of the format asked for; absent where there are none. */
  readonly fallbacks?: readonly DTypeFallback[];
  /** Matrices in block formats that the backend's kernels do not read; absent where there are none. */
  readonly slow?: readonly SlowMatrix[];
  /** Why matrices were quantised on one thread of a backend that has more; absent where they were not. */
  readonly oneThread?: string;
}

/** A matrix that layers do not work with as it is stored, by the backend's kernels. */
export interface SlowMatrix extends KeptMatrix {
  readonly path: string;
  /** Block format in the file, or the one it was quantised to. */
  readonly stored: QuantFormatName;
  readonly runs: Exclude<MatrixPath, "kernel">;
}

/** A matrix kept otherwise than was asked for. */
export interface DTypeFallback {
  readonly path: string;
  readonly wanted: QuantFormatName;
  readonly used: QuantFormatName | "bf16";
}
