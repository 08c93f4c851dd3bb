import type { Tensor } from "@helium-lm/tensor";
import type { WeightSource } from "@helium-lm/nn";

/**
 * The tensors a model was built from, by their path: what `savePretrained` writes and `inspect` lists. Views of the
 * layers' own storage, so they cost no memory, but they must be disposed too.
 */
export class StateDict {
  readonly #tensors = new Map<string, Tensor>();

  /** A source that passes requests on and keeps a view of every tensor it hands out. */
  recording(source: WeightSource): WeightSource {
    return this.#record(source, "");
  }

  entries(): IterableIterator<[string, Tensor]> {
    return this.#tensors.entries();
  }

  dispose(): void {
    for (const t of this.#tensors.values()) t.dispose();
    this.#tensors.clear();
  }

  #record(source: WeightSource, prefix: string): WeightSource {
    return {
      has: (path) => source.has(path),
      at: (inner) => this.#record(source.at(inner), `${prefix}${inner}.`),
      get: async (path, shape) => {
        const given = await source.get(path, shape);
        this.#tensors.set(prefix + path, given.view(given.layout));
        return given;
      },
    };
  }
}
