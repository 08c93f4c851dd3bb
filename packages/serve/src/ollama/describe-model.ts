import { hasChatTemplate, templateText } from "../chat/chat-prompt.ts";
import { thoughtsOf } from "../chat/thoughts.ts";
import { fimTokensOf } from "../generation/fill-in-middle.ts";
import type { ServedModel } from "../models/served-model.ts";
import { taggedName } from "./model-name.ts";

/** Ollama's names of number formats. */
const levels: Readonly<Record<string, string>> = { bfloat16: "BF16", float16: "F16", float32: "F32" };

/** What lists say of a model; of one that is not in memory only its name is known. */
export interface ModelDetails {
  readonly parent_model: string;
  readonly format: string;
  readonly family: string;
  readonly families: string[];
  readonly parameter_size: string;
  readonly quantization_level: string;
}

export function detailsOf(model: ServedModel | null): ModelDetails {
  const family = model?.config.modelType ?? "";
  return {
    parent_model: "",
    format: "",
    family,
    families: family === "" ? [] : [family],
    parameter_size: "",
    quantization_level: levels[model?.config.dtype ?? ""] ?? "",
  };
}

/** A model in a list. */
export interface ModelListEntry {
  readonly name: string;
  readonly model: string;
  readonly modified_at: string;
  readonly size: number;
  /** That of its name: no file is read for it. */
  readonly digest: string;
  readonly details: ModelDetails;
}

export async function entryOf(id: string, model: ServedModel | null): Promise<ModelListEntry> {
  return {
    name: taggedName(id),
    model: taggedName(id),
    modified_at: timeOf(model),
    size: 0,
    digest: await digestOf(id),
    details: detailsOf(model),
  };
}

/** When it was loaded. */
export const timeOf = (model: ServedModel | null): string => new Date((model?.created ?? 0) * 1000).toISOString();

/** What a model can do, in Ollama's words. */
export function capabilitiesOf(model: ServedModel): string[] {
  if (model.engine.model.head !== "causal-lm") return ["embedding"];
  const template = templateText({ model, chatTemplate: null });
  return [
    "completion",
    ...(hasChatTemplate(model) ? ["tools"] : []),
    ...(thoughtsOf(template, "") ? ["thinking"] : []),
    ...(fimTokensOf(model.tokenizer) ? ["insert"] : []),
  ];
}

/** Facts of a model under the names that GGUF files have for them. */
export function modelInfo({ config, contextLength }: ServedModel): Record<string, unknown> {
  const family = config.modelType;
  return {
    "general.architecture": family,
    [`${family}.context_length`]: contextLength,
    [`${family}.embedding_length`]: config.hiddenSize,
    [`${family}.feed_forward_length`]: config.intermediateSize,
    [`${family}.block_count`]: config.numHiddenLayers,
    [`${family}.attention.head_count`]: config.numAttentionHeads,
    [`${family}.attention.head_count_kv`]: config.numKeyValueHeads,
    [`${family}.vocab_size`]: config.vocabSize,
  };
}

async function digestOf(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
