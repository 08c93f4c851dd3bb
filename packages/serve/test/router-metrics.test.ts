import parsePrometheus, { type ParsedFamily, type ParsedMetric } from "parse-prometheus-text-format";
import { afterAll, beforeAll, expect, test } from "vitest";
import { modelEntry } from "@helium-lm/serve";
import { serve, type ServedModels } from "@helium-lm/serve/node";
import { root } from "../../../testing/repository.ts";

// What routers of other projects look for at /metrics, looked up as each of them does it, in the text as others parse it.
let serving: ServedModels;
let fresh: readonly ParsedFamily[];
let used: readonly ParsedFamily[];

/** The families, and the parts of histograms once more as families of their own: the parser drops the labels of the whole. */
async function scrape(): Promise<readonly ParsedFamily[]> {
  const text = await (await fetch(`${serving.url}/metrics`)).text();
  const parts = text.replaceAll(/^# HELP .*\n# TYPE \S+ histogram\n/gm, "");
  return [...parsePrometheus(text), ...parsePrometheus(parts).filter(({ name }) => /_(sum|count)$/.test(name))];
}

beforeAll(async () => {
  const models = [modelEntry("helium/nano", `${root}models/helium-nano`, { threads: 1, kvMemory: 2 ** 23 })];
  serving = await serve({ models, port: 0 });
  await serving.loaded;
  fresh = await scrape();
  const prompt = "A text that is longer than a page of sixty-four tokens. ".repeat(12);
  for (let time = 0; time < 2; time++) {
    const response = await fetch(`${serving.url}/v1/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ prompt, max_tokens: 8, temperature: 0, ignore_eos: true }),
    });
    expect(response.status).toBe(200);
  }
  used = await scrape();
});
afterAll(() => serving.stop());

const familyOf = (families: readonly ParsedFamily[], name: string): ParsedFamily => {
  const family = families.find((each) => each.name === name);
  if (!family) throw new Error(`${name} is not there`);
  return family;
};

/** What llm-d's router, pkg/epp/framework/plugins/datalayer/extractor/metrics, makes of a name: a number of the first series. */
function llmD(families: readonly ParsedFamily[], name: string): ParsedMetric {
  const { type, metrics } = familyOf(families, name);
  expect(["GAUGE", "COUNTER"]).toContain(type);
  // The one of the latest timestamp; there are none, and the first is not replaced.
  return metrics[0]!;
}

/** What production-stack, src/vllm_router/stats/engine_stats.py, makes of a name of a sample: the last one is taken. */
const productionStack = (families: readonly ParsedFamily[], name: string): number =>
  Number(familyOf(families, name).metrics.at(-1)?.value);

/** What AIBrix, pkg/metrics/engine_fetcher.go, makes of a name: one value for each `model_name`; the type has to be the table's. */
function aibrix(families: readonly ParsedFamily[], name: string): ReadonlyMap<string, ParsedMetric> {
  return new Map(
    familyOf(families, name).metrics.map((metric) => {
      const model = metric.labels?.["model_name"] ?? "";
      expect(model).not.toBe("");
      return [model, metric];
    }),
  );
}

const both = (): readonly (readonly ParsedFamily[])[] => [fresh, used];

test("llm-d's endpoint picker finds the queue, the running requests, the cache and its size", () => {
  for (const families of both()) {
    for (const name of ["vllm:num_requests_waiting", "vllm:num_requests_running", "vllm:kv_cache_usage_perc"])
      expect(Number(llmD(families, name).value)).toBe(0);
    // `block_size` and `num_gpu_blocks` are read as whole numbers.
    const { labels } = llmD(families, "vllm:cache_config_info");
    expect(labels?.["block_size"]).toBe("64");
    expect(labels?.["num_gpu_blocks"]).toMatch(/^[1-9]\d*$/);
  }
  // Without adapters vLLM does not tell of them either, and the picker goes on.
  expect(used.some(({ name }) => name === "vllm:lora_requests_info")).toBe(false);
});

test("vLLM's production-stack finds the samples of its engine statistics", () => {
  const names = [
    "vllm:num_requests_running",
    "vllm:num_requests_waiting",
    "vllm:gpu_prefix_cache_hit_rate",
    "vllm:gpu_prefix_cache_hits_total",
    "vllm:gpu_prefix_cache_queries_total",
    "vllm:gpu_cache_usage_perc",
  ];
  for (const name of names) expect(productionStack(fresh, name)).toBe(0);
  const [hits, queries] = ["hits", "queries"].map((what) =>
    productionStack(used, `vllm:gpu_prefix_cache_${what}_total`),
  );
  expect(hits).toBeGreaterThan(63);
  expect(productionStack(used, "vllm:gpu_prefix_cache_hit_rate")).toBeCloseTo(hits! / queries!, 6);
});

test("AIBrix finds what its ways of routing read", () => {
  const gauges = ["num_requests_running", "num_requests_waiting", "kv_cache_usage_perc"];
  const gone = ["gpu_cache_usage_perc", "cpu_cache_usage_perc"];
  const counters = ["prompt_tokens", "generation_tokens", "prefix_cache_queries", "prefix_cache_hits"];
  const histograms = [
    ...["time_to_first_token_seconds", "time_per_output_token_seconds", "e2e_request_latency_seconds"],
    ...["request_queue_time_seconds", "request_inference_time_seconds", "request_prefill_time_seconds"],
    ...["request_decode_time_seconds", "request_prompt_tokens", "request_generation_tokens"],
  ];
  for (const families of both()) {
    for (const name of [...gauges, ...gone]) {
      expect(familyOf(families, `vllm:${name}`).type).toBe("GAUGE");
      expect(Number(aibrix(families, `vllm:${name}`).get("helium/nano")?.value)).toBe(0);
    }
    for (const name of counters) {
      expect(familyOf(families, `vllm:${name}_total`).type).toBe("COUNTER");
      const value = Number(aibrix(families, `vllm:${name}_total`).get("helium/nano")?.value);
      if (families === fresh) expect(value).toBe(0);
      else expect(value).toBeGreaterThan(0);
    }
    for (const name of histograms) {
      expect(familyOf(families, `vllm:${name}`).type).toBe("HISTOGRAM");
      const count = Number(aibrix(families, `vllm:${name}_count`).get("helium/nano")?.value);
      const texts = name.startsWith("time_per") ? 14 : 2;
      expect(count).toBe(families === fresh ? 0 : texts);
      expect(familyOf(families, `vllm:${name}`).metrics[0]?.buckets?.["+Inf"]).toBe(String(count));
    }
  }
  // Its queries to Prometheus sum these by model and instance.
  expect(familyOf(used, "vllm:request_success_total").metrics.map(({ labels }) => labels?.["finished_reason"])).toEqual(
    expect.arrayContaining(["stop", "length", "abort"]),
  );
});

test("what a text took is told by its parts", () => {
  const sum = (name: string): number => Number(familyOf(used, `helium_request_${name}_sum`).metrics[0]?.value);
  expect(sum("prefill_time_seconds") + sum("decode_time_seconds")).toBeCloseTo(sum("inference_time_seconds"), 6);
  expect(sum("generation_tokens")).toBe(16);
  expect(sum("prompt_tokens")).toBe(Number(familyOf(used, "helium_prompt_tokens_total").metrics[0]?.value));
});

test("the autoscaler's names need no colon", () => {
  for (const name of ["helium_requests_waiting", "helium_requests_running", "helium_kv_cache_usage_ratio"])
    expect(familyOf(fresh, name).metrics[0]?.value).toBe("0");
});
