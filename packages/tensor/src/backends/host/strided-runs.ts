import type { Layout } from "../../layout.ts";

/**
 * Walks several operands of one shape together, in row-major order, as runs of constant stride: axes of length 1 are
 * dropped and neighbouring axes that lie back to back in every operand are merged, so contiguous operands make one run.
 *
 * ```ts
 * runs.plan(out.layout, x.layout);
 * while (runs.next()) move(runs.length, runs.at[0], runs.step[0], runs.at[1], runs.step[1]);
 * ```
 *
 * Reused between calls: planning allocates nothing that lasts.
 */
export class StridedRuns {
  /** Elements per run. */
  length = 0;
  /** Per operand: position of the first element of the present run. */
  readonly at: number[] = [];
  /** Per operand: distance of the elements of a run. */
  readonly step: number[] = [];

  // Axes outside the run, innermost first.
  readonly #size: number[] = [];
  readonly #stride: number[][] = [];
  readonly #index: number[] = [];
  #axes = 0;
  #operands = 0;
  #state: "first" | "inside" | "done" = "done";

  plan(...layouts: readonly Layout[]): void {
    const { shape } = layouts[0];
    this.#state = "first";
    this.#axes = 0;
    this.#operands = layouts.length;
    this.length = 1;
    for (let o = 0; o < layouts.length; o++) {
      this.at[o] = layouts[o].offset;
      this.step[o] = 1;
    }
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (shape[axis] === 0) this.#state = "done";
      if (shape[axis] !== 1 && !this.#merge(layouts, axis)) this.#push(layouts, axis);
    }
  }

  /** Moves to the next run; false after the last. */
  next(): boolean {
    if (this.#state === "first") {
      this.#state = "inside";
      return true;
    }
    if (this.#state === "done") return false;
    const { at } = this;
    const operands = this.#operands;
    for (let axis = 0; axis < this.#axes; axis++) {
      const stride = this.#stride[axis];
      const size = this.#size[axis];
      if (++this.#index[axis] < size) {
        for (let o = 0; o < operands; o++) at[o] += stride[o];
        return true;
      }
      this.#index[axis] = 0;
      for (let o = 0; o < operands; o++) at[o] -= stride[o] * (size - 1);
    }
    this.#state = "done";
    return false;
  }

  /** Joins an axis to the one inside it, where every operand continues from that one's end. */
  #merge(layouts: readonly Layout[], axis: number): boolean {
    const outer = this.#axes - 1;
    const size = outer < 0 ? this.length : this.#size[outer];
    const stride = outer < 0 ? this.step : this.#stride[outer];
    if (size === 1) return false;
    for (let o = 0; o < layouts.length; o++) {
      if (layouts[o].strides[axis] !== stride[o] * size) return false;
    }
    if (outer < 0) this.length *= layouts[0].shape[axis];
    else this.#size[outer] *= layouts[0].shape[axis];
    return true;
  }

  #push(layouts: readonly Layout[], axis: number): void {
    const size = layouts[0].shape[axis];
    const first = this.length === 1;
    const stride = first ? this.step : (this.#stride[this.#axes] ??= []);
    for (let o = 0; o < layouts.length; o++) stride[o] = layouts[o].strides[axis];
    if (first) {
      this.length = size;
    } else {
      this.#size[this.#axes] = size;
      this.#index[this.#axes] = 0;
      this.#axes++;
    }
  }
}
