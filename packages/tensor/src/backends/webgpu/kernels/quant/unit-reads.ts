import type { PlaneReads } from "../../wgsl/part-reader.ts";
import { wgsl, type Fragment } from "../../wgsl/tag.ts";
import type { VectorReads } from "./matrices.ts";

/**
 * What is read of one unit: every word, and every four words that lie together, once for all its parts. What lies elsewhere for each
 * `part`, as floats do, is read where it is used.
 */
export class UnitReads implements PlaneReads {
  readonly #name: string;
  readonly #reads: VectorReads;
  readonly #names = new Map<string, string>();
  /** Declares what was read; to be put before the text that reads. */
  readonly lines: Fragment[] = [];

  /** @param name what the names of variables begin with */
  constructor(name: string, reads: VectorReads) {
    this.#name = name;
    this.#reads = reads;
  }

  readonly word: PlaneReads["word"] = (plane, index) => wgsl`${this.#once("word", plane, index)}`;

  readonly quad: PlaneReads["quad"] = (plane, index, part) => wgsl`${this.#once("vector", plane, index)}[${part}]`;

  #once(kind: keyof VectorReads, plane: number, index: string): string | Fragment {
    if (/\bpart\b/.test(index)) return this.#reads[kind](plane, index);
    const key = `${kind} ${plane} ${index}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = `${this.#name}_${this.#names.size}`;
    this.#names.set(key, name);
    this.lines.push(wgsl`      let ${name} = ${this.#reads[kind](plane, index)};`);
    return name;
  }
}
