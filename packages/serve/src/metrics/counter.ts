import { labelText, type Labels } from "./labels.ts";

/** A sum that only grows, for each set of labels. */
export class Counter {
  readonly #sums = new Map<string, { readonly labels: Labels; value: number }>();

  add(labels: Labels, amount = 1): void {
    const key = labelText(labels);
    const sum = this.#sums.get(key) ?? { labels, value: 0 };
    sum.value += amount;
    this.#sums.set(key, sum);
  }

  get samples(): readonly { readonly labels: Labels; readonly value: number }[] {
    return [...this.#sums.values()];
  }
}
