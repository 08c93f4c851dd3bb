import {
  createEngineWorker,
  createInferenceEngine,
  type ClonableLocation,
  type EngineWorkerOptions,
  type WorkerRequest,
} from "@helium-lm/helium";
import { unixSeconds } from "../http/new-id.ts";
import { kvTokens } from "./kv-tokens.ts";
import type { ModelEntry } from "./model-registry.ts";
import { readModelCard, ServedModel } from "./served-model.ts";

/** How a served model is loaded, and what its engine keeps. */
export interface ModelEntryOptions extends Omit<EngineWorkerOptions, "signal"> {
  readonly aliases?: readonly string[];
  /** A chat template in place of the tokenizer's own, or the name of one of these. */
  readonly chatTemplate?: string;
  /**
   * Bytes of keys and values that its engine keeps, of texts under way and of starts that may come again; default 1 GiB.
   * `engine.maxTokens` says the same in tokens.
   */
  readonly kvMemory?: number;
  /** Options of the engine for texts whose requests do not say otherwise, such as those of speculative decoding. */
  readonly engineDefaults?: Partial<WorkerRequest>;
  /** Computes in this thread, for service workers and wherever no worker starts; passes are short. Default false. */
  readonly inThread?: boolean;
}

const KV_MEMORY = 2 ** 30;

/**
 * A model whose engine runs in a worker of its own, so that no socket waits for a product, or in this thread.
 *
 * @example
 * const entry = modelEntry("nano", "models/helium-nano", { aliases: ["gpt-4o-mini"], backend: "cpu" });
 * console.log(entry.id); // nano
 */
export function modelEntry(
  id: string,
  location: ClonableLocation,
  {
    aliases = [],
    chatTemplate,
    kvMemory = KV_MEMORY,
    engineDefaults = {},
    inThread = false,
    ...options
  }: ModelEntryOptions = {},
): ModelEntry {
  return {
    id,
    aliases,
    load: async (signal) => {
      const card = await readModelCard(location);
      const kvDType = options.engine?.kvDType ?? options.kvDType;
      const maxTokens = options.engine?.maxTokens ?? kvTokens(card.config, kvMemory, { ...options, kvDType });
      const create = inThread ? createInferenceEngine : createEngineWorker;
      const engine = await create(location, { ...options, engine: { ...options.engine, maxTokens }, signal });
      return new ServedModel(id, card, engine, {
        created: unixSeconds(),
        chatTemplate: chatTemplate ?? null,
        kvTokens: maxTokens,
        engineDefaults,
      });
    },
  };
}
