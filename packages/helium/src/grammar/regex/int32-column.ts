/** Whole numbers by index, which grow as they are set; what was never set is `otherwise`. */
export class Int32Column {
  /** Longer than what was set; read it directly in loops, and again after every `set`. */
  values: Int32Array;
  readonly #otherwise: number;

  constructor(otherwise: number) {
    this.#otherwise = otherwise;
    this.values = new Int32Array(1024).fill(otherwise);
  }

  get(index: number): number {
    return this.values[index] ?? this.#otherwise;
  }

  set(index: number, value: number): void {
    if (index >= this.values.length) {
      const grown = new Int32Array(Math.max(index + 1, this.values.length * 2)).fill(
        this.#otherwise,
        this.values.length,
      );
      grown.set(this.values);
      this.values = grown;
    }
    this.values[index] = value;
  }
}
