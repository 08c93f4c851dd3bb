import type { RequestStats } from "@helium-lm/helium";
import type { Labels } from "./labels.ts";
import type { Counter } from "./counter.ts";
import type { Histogram } from "./histogram.ts";

/** How a text ended, in vLLM's words; "error" is ours. */
const finishedReasons = ["stop", "length", "abort", "error"] as const;
export type FinishedReason = (typeof finishedReasons)[number];

/** The figures of all models, of which each writes its own by its labels. */
export type TextFigures = Readonly<
  Record<"promptTokens" | "generationTokens" | "prefixQueries" | "prefixHits" | "preemptions" | "finished", Counter> &
    Record<"firstToken" | "betweenTokens" | "perToken" | "whole" | "queue", Histogram> &
    Record<"inference" | "prefill" | "decode" | "promptLength" | "generationLength", Histogram>
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
    // Readers look for each name before the first text has come.
    const { labels } = this;
    for (const counter of [all.promptTokens, all.generationTokens, all.prefixQueries, all.prefixHits, all.preemptions])
      counter.add(labels, 0);
    for (const finished_reason of finishedReasons) all.finished.add({ ...labels, finished_reason }, 0);
    for (const histogram of [all.firstToken, all.betweenTokens, all.perToken, all.whole, all.queue])
      histogram.start(labels);
    for (const histogram of [all.inference, all.prefill, all.decode, all.promptLength, all.generationLength])
      histogram.start(labels);
  }

  /** Share of the prompts' tokens that were found among stored starts of texts; 0 before the first. */
  get prefixHitRatio(): number {
    const queries = this.#all.prefixQueries.value(this.labels);
    return queries === 0 ? 0 : this.#all.prefixHits.value(this.labels) / queries;
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
    const { promptTokens, newTokens, firstTokenMs, totalMs } = stats;
    if (firstTokenMs === null) return;
    this.#all.promptLength.observe(labels, promptTokens);
    this.#all.generationLength.observe(labels, newTokens);
    this.#all.prefill.observe(labels, firstTokenMs / 1000);
    this.#all.decode.observe(labels, (totalMs - firstTokenMs) / 1000);
    this.#all.inference.observe(labels, totalMs / 1000);
    if (newTokens > 1) this.#all.perToken.observe(labels, (totalMs - firstTokenMs) / 1000 / (newTokens - 1));
  }
}
