import { labelText, type Labels } from "./labels.ts";

/** A sum that only grows, for each set of labels. */
export class Counter {
  readonly #sums = new Map<string, { readonly labels: Labels; value: number }>();

  /** @param amount 0: the sum is there from now on, as readers expect who look for a name before anything happened */
  add(labels: Labels, amount = 1): void {
    const key = labelText(labels);
    const sum = this.#sums.get(key) ?? { labels, value: 0 };
    sum.value += amount;
    this.#sums.set(key, sum);
  }

  /** The sum under these labels; 0 before the first. */
  value(labels: Labels): number {
    return this.#sums.get(labelText(labels))?.value ?? 0;
  }

  get samples(): readonly { readonly labels: Labels; readonly value: number }[] {
    return [...this.#sums.values()];
  }
}
