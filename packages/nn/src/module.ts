/** A layer: owns its weights and gives them back. Constructors take tensors; `static load` asks a `WeightSource`. */
export interface Module {
  /** Frees the weights; a second call does nothing. */
  dispose(): void;
}

/** Disposes every module given; `null` and `undefined` are skipped. */
export function disposeAll(...modules: readonly (Module | null | undefined)[]): void {
  for (const module of modules) module?.dispose();
}

/**
 * Builds something out of modules that are loaded one after the other. `build` hands each to `own` as soon as it exists;
 * when it fails, those are disposed.
 */
export async function assemble<T>(build: (own: <M extends Module | null>(module: M) => M) => Promise<T>): Promise<T> {
  const owned: (Module | null)[] = [];
  try {
    return await build((module) => {
      owned.push(module);
      return module;
    });
  } catch (error) {
    disposeAll(...owned);
    throw error;
  }
}
