import type { Interpreter } from "@huggingface/jinja";

/** A value of the template engine, whose own classes are not exported. */
export type Value = ReturnType<Interpreter["evaluate"]>;

/** The values within a list, an object or a namespace; null for what holds none. */
export const contentsOf = (value: Value): Iterable<Value> | null => {
  const held: unknown = value.value;
  if (Array.isArray(held)) return held as Value[];
  return held instanceof Map ? (held as Map<string, Value>).values() : null;
};

/** How long a value is as text, nearly, and how deep it nests. */
export interface Measure {
  readonly size: number;
  readonly depth: number;
}

const small = 8;

/** Values that are parts of others many times over are long without taking memory: lists of a list of a list of … */
export class Measures {
  readonly #known = new WeakMap<Value, Measure>();
  /** Measures that hold for one look only: namespaces change, and with them what holds one. */
  readonly #passing = new Map<Value, Measure>();
  readonly #maxDepth: number;

  /** @param maxDepth what nests deeper is measured no further */
  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth;
  }

  of(value: Value): Measure {
    this.#passing.clear();
    return this.#measure(value, 0).measure;
  }

  #measure(value: Value, level: number): { readonly measure: Measure; readonly isStable: boolean } {
    const contents = contentsOf(value);
    if (contents === null)
      return {
        measure: { size: small + (typeof value.value === "string" ? value.value.length : 0), depth: 0 },
        isStable: true,
      };
    const known = this.#known.get(value);
    if (known !== undefined) return { measure: known, isStable: true };
    const passing = this.#passing.get(value);
    if (passing !== undefined) return { measure: passing, isStable: false };
    let isStable = value.type !== "NamespaceValue";
    let size = small;
    let depth = 1;
    if (level <= this.#maxDepth) {
      if (value.value instanceof Map) for (const key of value.value.keys() as Iterable<string>) size += key.length;
      for (const inner of contents) {
        const part = this.#measure(inner, level + 1);
        size += part.measure.size;
        depth = Math.max(depth, part.measure.depth + 1);
        isStable &&= part.isStable;
      }
    }
    const measure = { size, depth };
    (isStable ? this.#known : this.#passing).set(value, measure);
    return { measure, isStable };
  }
}
