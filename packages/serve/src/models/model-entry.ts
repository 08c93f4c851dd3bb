import { createEngineWorker, type ClonableLocation, type EngineWorkerOptions } from "@helium-lm/helium";
import { unixSeconds } from "../http/new-id.ts";
import type { ModelEntry } from "./model-registry.ts";
import { readModelCard, ServedModel } from "./served-model.ts";

/** How a served model is loaded, and what its engine keeps. */
export interface ModelEntryOptions extends Omit<EngineWorkerOptions, "signal"> {
  readonly aliases?: readonly string[];
  /** A chat template in place of the tokenizer's own, or the name of one of these. */
  readonly chatTemplate?: string;
}

/** A model whose engine runs in a worker of its own, so that no socket waits for a product. */
export function modelEntry(
  id: string,
  location: ClonableLocation,
  { aliases = [], chatTemplate, ...options }: ModelEntryOptions = {},
): ModelEntry {
  return {
    id,
    aliases,
    load: async (signal) => {
      const card = await readModelCard(location);
      const engine = await createEngineWorker(location, { ...options, signal });
      const { maxTokens } = options.engine ?? {};
      return new ServedModel(id, card, engine, {
        created: unixSeconds(),
        chatTemplate: chatTemplate ?? null,
        ...(maxTokens !== undefined && { kvTokens: maxTokens }),
      });
    },
  };
}
