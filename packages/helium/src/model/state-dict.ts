import { shareMatrix, type Matrix, type WeightSource } from "@helium-lm/nn";

/**
 * The tensors a model was built from, by their path: what `savePretrained` writes and `inspect` lists. Views of the
 * layers' own storage, so they cost no memory, but they must be disposed too.
 */
export class StateDict {
  readonly #tensors = new Map<string, Matrix>();
  #disposed = false;

  /** A source that passes requests on and keeps a view of every tensor it hands out. */
  recording(source: WeightSource): WeightSource {
    return this.#record(source, "");
  }

  entries(): IterableIterator<[string, Matrix]> {
    return this.#tensors.entries();
  }

  dispose(): void {
    this.#disposed = true;
    for (const t of this.#tensors.values()) t.dispose();
    this.#tensors.clear();
  }

  #record(source: WeightSource, prefix: string): WeightSource {
    return {
      has: (path) => source.has(path),
      at: (inner) => this.#record(source.at(inner), `${prefix}${inner}.`),
      get: async (path, shape) => this.#keep(prefix + path, await source.get(path, shape)),
      getMatrix: async (path, shape) => this.#keep(prefix + path, await source.getMatrix(path, shape)),
    };
  }

  #keep<M extends Matrix>(path: string, given: M): M {
    // What comes after a failed load has nobody who would free it here.
    if (!this.#disposed) this.#tensors.set(path, shareMatrix(given));
    return given;
  }
}
