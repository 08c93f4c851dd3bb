import { firstTokenBounds, httpBounds, requestBounds, textBounds, tokenBounds } from "./buckets.ts";
import { Counter } from "./counter.ts";
import type { Family } from "./exposition.ts";
import { Histogram } from "./histogram.ts";
import { ModelMetrics } from "./model-metrics.ts";

/** Labels of a response. */
export interface ResponseLabels {
  readonly method: string;
  readonly route: string;
  readonly status: string;
}

/** What a server counts from its start on, model by model. */
export class ServerMetrics {
  readonly promptTokens = new Counter();
  readonly generationTokens = new Counter();
  readonly prefixQueries = new Counter();
  readonly prefixHits = new Counter();
  readonly preemptions = new Counter();
  readonly finished = new Counter();
  readonly firstToken = new Histogram(firstTokenBounds);
  readonly betweenTokens = new Histogram(tokenBounds);
  readonly perToken = new Histogram(tokenBounds);
  readonly whole = new Histogram(requestBounds);
  readonly queue = new Histogram(requestBounds);
  readonly inference = new Histogram(requestBounds);
  readonly prefill = new Histogram(requestBounds);
  readonly decode = new Histogram(requestBounds);
  readonly promptLength = new Histogram(textBounds);
  readonly generationLength = new Histogram(textBounds);
  readonly #responses = new Counter();
  readonly #seconds = new Histogram(httpBounds);
  readonly #models = new Map<string, ModelMetrics>();

  /** The figures of one model. */
  model(id: string): ModelMetrics {
    const model = this.#models.get(id) ?? new ModelMetrics(this, id);
    this.#models.set(id, model);
    return model;
  }

  observeRequest({ method, route, status }: ResponseLabels, seconds: number): void {
    this.#responses.add({ method, route, status });
    this.#seconds.observe({ method, route }, seconds);
  }

  get families(): readonly Family[] {
    return [
      counter(["helium_prompt_tokens_total", "vllm:prompt_tokens_total"], "Tokens of prompts.", this.promptTokens),
      counter(
        ["helium_generation_tokens_total", "vllm:generation_tokens_total"],
        "Tokens that were generated.",
        this.generationTokens,
      ),
      counter(
        ["helium_prefix_cache_queries_total", "vllm:prefix_cache_queries_total", "vllm:gpu_prefix_cache_queries_total"],
        "Tokens of prompts that were looked for among stored starts of texts.",
        this.prefixQueries,
      ),
      counter(
        ["helium_prefix_cache_hits_total", "vllm:prefix_cache_hits_total", "vllm:gpu_prefix_cache_hits_total"],
        "Tokens of prompts that were found there, and not computed.",
        this.prefixHits,
      ),
      counter(
        ["helium_preemptions_total", "vllm:num_preemptions_total"],
        "Times that a text lost its pages to an earlier one.",
        this.preemptions,
      ),
      counter(
        ["helium_texts_finished_total", "vllm:request_success_total"],
        "Texts that ended, by the reason: stop, length, abort or error.",
        this.finished,
      ),
      histogram(
        ["helium_time_to_first_token_seconds", "vllm:time_to_first_token_seconds"],
        "From the arrival of a request to the first token.",
        this.firstToken,
      ),
      histogram(
        [
          "helium_inter_token_latency_seconds",
          "vllm:inter_token_latency_seconds",
          "vllm:time_per_output_token_seconds",
        ],
        "Between two tokens of a text.",
        this.betweenTokens,
      ),
      histogram(
        ["helium_request_time_per_output_token_seconds", "vllm:request_time_per_output_token_seconds"],
        "Mean time between the tokens of a text.",
        this.perToken,
      ),
      histogram(
        ["helium_e2e_request_latency_seconds", "vllm:e2e_request_latency_seconds"],
        "From the arrival of a request to the end of a text.",
        this.whole,
      ),
      histogram(
        ["helium_request_queue_time_seconds", "vllm:request_queue_time_seconds"],
        "How long requests waited for their turn.",
        this.queue,
      ),
      histogram(
        ["helium_request_inference_time_seconds", "vllm:request_inference_time_seconds"],
        "How long texts were computed.",
        this.inference,
      ),
      histogram(
        ["helium_request_prefill_time_seconds", "vllm:request_prefill_time_seconds"],
        "Of that, until the first token.",
        this.prefill,
      ),
      histogram(
        ["helium_request_decode_time_seconds", "vllm:request_decode_time_seconds"],
        "Of that, from the first token on.",
        this.decode,
      ),
      histogram(
        ["helium_request_prompt_tokens", "vllm:request_prompt_tokens"],
        "Tokens of a prompt.",
        this.promptLength,
      ),
      histogram(
        ["helium_request_generation_tokens", "vllm:request_generation_tokens"],
        "Tokens that were generated for a text.",
        this.generationLength,
      ),
      counter(["helium_http_requests_total"], "Responses, by method, route and status.", this.#responses),
      histogram(["helium_http_request_duration_seconds"], "Time until a response was finished.", this.#seconds),
    ];
  }
}

const counter = (names: readonly string[], help: string, of: Counter): Family => ({ names, help, type: "counter", of });

const histogram = (names: readonly string[], help: string, of: Histogram): Family => ({
  names,
  help,
  type: "histogram",
  of,
});
