import type { EngineStats } from "@helium-lm/helium";
import type { ServerContext } from "../http/serve-app.ts";
import type { ServedModel } from "../models/served-model.ts";
import type { Family } from "./exposition.ts";
import type { Labels } from "./labels.ts";

/** Slots of a page of keys and values. */
const PAGE = 64;

interface ModelNow {
  readonly labels: Labels;
  readonly running: number;
  readonly waiting: number;
  readonly prefixHitRatio: number;
  readonly model: ServedModel | null;
  /** Null where it is not in memory, or does not answer. */
  readonly stats: EngineStats | null;
}

/** What is at this moment: requests, pages, models in memory. */
export async function engineGauges({ registry, metrics, state }: ServerContext): Promise<readonly Family[]> {
  const models = await Promise.all(
    registry.states.map(async ({ id, model }): Promise<ModelNow> => {
      const { running, waiting, prefixHitRatio, labels } = metrics.model(id);
      const stats = (await model?.engine.stats().catch(() => null)) ?? null;
      return { labels, running, waiting, prefixHitRatio, model, stats };
    }),
  );
  const gauge = (names: readonly string[], help: string, value: (model: ModelNow) => number | null): Family => ({
    ...{ names, help, type: "gauge" },
    of: models.flatMap((model) => {
      const now = value(model);
      return now === null ? [] : [{ labels: model.labels, value: now }];
    }),
  });
  return [
    gauge(
      ["helium_requests_running", "vllm:num_requests_running"],
      "Requests that are computed.",
      ({ running }) => running,
    ),
    gauge(
      ["helium_requests_waiting", "vllm:num_requests_waiting"],
      "Requests that wait for their turn.",
      ({ waiting }) => waiting,
    ),
    gauge(
      ["helium_kv_cache_usage_ratio", "vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"],
      "Share of the pages of keys and values that texts hold; 1 is all.",
      ({ stats, model }) => {
        const pages = pagesOf(model);
        return stats === null || pages === null ? 0 : stats.pages.held / pages;
      },
    ),
    // AIBrix adds this one to the share above, and leaves out engines that do not tell it.
    gauge(["vllm:cpu_cache_usage_perc"], "Share of keys and values that were moved elsewhere: none ever is.", () => 0),
    gauge(
      ["helium_prefix_cache_hit_ratio", "vllm:gpu_prefix_cache_hit_rate"],
      "Share of the prompts' tokens that were found among stored starts of texts, from the server's start on.",
      ({ prefixHitRatio }) => prefixHitRatio,
    ),
    gauge(
      ["helium_kv_pages_held"],
      "Pages of keys and values that texts hold.",
      ({ stats }) => stats && stats.pages.held,
    ),
    gauge(
      ["helium_kv_pages_cached"],
      "Pages kept for texts that begin alike.",
      ({ stats }) => stats && stats.pages.cached,
    ),
    gauge(["helium_engine_passes"], "Passes of the engine since it was loaded.", ({ stats }) => stats && stats.passes),
    gauge(
      ["helium_engine_drafted_tokens"],
      "Tokens tried ahead since the engine was loaded.",
      ({ stats }) => stats && stats.draftedTokens,
    ),
    gauge(
      ["helium_engine_accepted_tokens"],
      "Those of them that stayed.",
      ({ stats }) => stats && stats.acceptedTokens,
    ),
    gauge(["helium_model_loaded"], "Whether a model is in memory.", ({ model }) => Number(model !== null)),
    {
      names: ["vllm:cache_config_info"],
      help: "How keys and values are kept; the value is always 1.",
      type: "gauge",
      of: models.flatMap(({ labels, model }) => {
        const pages = pagesOf(model);
        if (pages === null) return [];
        return [{ labels: { ...labels, block_size: String(PAGE), num_gpu_blocks: String(pages) }, value: 1 }];
      }),
    },
    {
      names: ["helium_server_draining"],
      help: "Whether the server takes no more requests.",
      type: "gauge",
      of: [{ labels: {}, value: Number(state.phase === "draining") }],
    },
  ];
}

const pagesOf = (model: ServedModel | null): number | null =>
  model === null || model.kvTokens === null ? null : Math.floor(model.kvTokens / PAGE);
