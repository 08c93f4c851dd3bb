/** One compute shader: group 0 has the inputs at bindings 0, 1, … (read-only storage), then the output. */
export interface WgslJob {
  readonly code: string;
  readonly inputs: readonly Uint32Array[];
  /** Words of the output, zeros at first. */
  readonly words: number;
  readonly groups: number;
}

/** A result, or the errors of the compiler and the device. */
export type WgslResult = { readonly words: Uint32Array } | { readonly error: string };
