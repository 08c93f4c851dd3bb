import { downloadTarget, listingTarget, rangeTarget } from "./answers.ts";
import { configTarget } from "./config-json.ts";
import { generationConfigTarget } from "./generation-config.ts";
import { ggufTarget } from "./gguf.ts";
import { indexTarget } from "./index-json.ts";
import { safetensorsTarget } from "./safetensors.ts";
import type { FuzzTarget } from "./target.ts";
import { messagesTarget, templatesTarget } from "./templates.ts";
import { sentencePieceTarget, tokenizerConfigTarget, tokenizerTarget } from "./tokenizers.ts";

/** The parsers by the name of what they read; made when they are asked for. */
export const fuzzTargets = {
  safetensors: safetensorsTarget,
  "index.json": indexTarget,
  gguf: ggufTarget,
  "config.json": configTarget,
  "generation_config.json": generationConfigTarget,
  "tokenizer.json": tokenizerTarget,
  "tokenizer.model": sentencePieceTarget,
  "tokenizer_config.json": tokenizerConfigTarget,
  templates: templatesTarget,
  messages: messagesTarget,
  "hub-listing": listingTarget,
  "hub-download": downloadTarget,
  "range-answers": rangeTarget,
} as const satisfies Readonly<Record<string, () => FuzzTarget | Promise<FuzzTarget>>>;

export type FuzzTargetName = keyof typeof fuzzTargets;

/** In the order in which they are shown. */
export const fuzzTargetNames = Object.keys(fuzzTargets) as FuzzTargetName[];
