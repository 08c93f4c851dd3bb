import { labelText, type Labels } from "./labels.ts";

/** What was observed under one set of labels. */
export interface HistogramSample {
  readonly labels: Labels;
  /** Observations up to each bound and between it and the one before; the last are above all bounds. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** How often values fell between bounds, for each set of labels. */
export class Histogram {
  readonly bounds: readonly number[];
  readonly #samples = new Map<string, { readonly labels: Labels; readonly counts: number[]; sum: number }>();

  /** @param bounds upper ones, ascending */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
  }

  /** From now on there is a sample under these labels, be it one of no observation. */
  start(labels: Labels): void {
    this.#sample(labels);
  }

  observe(labels: Labels, value: number): void {
    const sample = this.#sample(labels);
    const at = this.bounds.findIndex((bound) => value <= bound);
    const bucket = at < 0 ? this.bounds.length : at;
    sample.counts[bucket] = (sample.counts[bucket] ?? 0) + 1;
    sample.sum += value;
  }

  get samples(): readonly HistogramSample[] {
    return [...this.#samples.values()];
  }

  #sample(labels: Labels): { readonly counts: number[]; sum: number } {
    const key = labelText(labels);
    const sample = this.#samples.get(key) ?? { labels, counts: [...this.bounds, Infinity].map(() => 0), sum: 0 };
    this.#samples.set(key, sample);
    return sample;
  }
}
