/** A layer: owns its weights and gives them back. Constructors take tensors; `static load` asks a `WeightSource`. */
export interface Module {
  /** Frees the weights; a second call does nothing. */
  dispose(): void;
}

/** Disposes every module given; `null` and `undefined` are skipped. */
export function disposeAll(...modules: readonly (Module | null | undefined)[]): void {
  for (const module of modules) module?.dispose();
}
