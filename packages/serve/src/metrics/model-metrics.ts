import type { RequestStats } from "@helium-lm/helium";
import type { Labels } from "./labels.ts";
import type { Counter } from "./counter.ts";
import type { Histogram } from "./histogram.ts";

/** How a text ended, in vLLM's words; "error" is ours. */
export type FinishedReason = "stop" | "length" | "abort" | "error";

/** The figures of all models, of which each writes its own by its labels. */
export type TextFigures = Readonly<
  Record<"promptTokens" | "generationTokens" | "prefixQueries" | "prefixHits" | "preemptions" | "finished", Counter> &
    Record<"firstToken" | "betweenTokens" | "perToken" | "whole" | "queue", Histogram>
>;

/** The figures of one model. */
export class ModelMetrics {
  /** Requests that are computed, and those that wait for their turn. */
  running = 0;
  waiting = 0;
  readonly labels: Labels;
  readonly #all: TextFigures;

  constructor(all: TextFigures, id: string) {
    this.#all = all;
    // vLLM counts its engines; we have one for each model.
    this.labels = { model_name: id, engine: "0" };
  }

  /** @param seconds since the request came */
  firstToken(seconds: number): void {
    this.#all.firstToken.observe(this.labels, seconds);
  }

  /** @param seconds since the token before */
  nextToken(seconds: number): void {
    this.#all.betweenTokens.observe(this.labels, seconds);
  }

  queued(seconds: number): void {
    this.#all.queue.observe(this.labels, seconds);
  }

  /** Counts the tokens of a text as they are known. */
  tokens({ prompt = 0, cached = 0, generated = 0 }: { prompt?: number; cached?: number; generated?: number }): void {
    const { labels } = this;
    if (prompt > 0) {
      this.#all.promptTokens.add(labels, prompt);
      this.#all.prefixQueries.add(labels, prompt);
    }
    if (cached > 0) this.#all.prefixHits.add(labels, cached);
    if (generated > 0) this.#all.generationTokens.add(labels, generated);
  }

  /** @param seconds since the request came */
  finished(finished_reason: FinishedReason, stats: RequestStats, seconds: number): void {
    const { labels } = this;
    this.#all.finished.add({ ...labels, finished_reason });
    this.#all.whole.observe(labels, seconds);
    if (stats.preemptions > 0) this.#all.preemptions.add(labels, stats.preemptions);
    const { newTokens, firstTokenMs, totalMs } = stats;
    if (newTokens > 1 && firstTokenMs !== null)
      this.#all.perToken.observe(labels, (totalMs - firstTokenMs) / 1000 / (newTokens - 1));
  }
}
