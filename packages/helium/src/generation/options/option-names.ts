import { nearestName } from "@helium-lm/tensor";
import { optionsWithoutEffect, unsupportedOptions } from "./config-keys.ts";
import { GenerationError } from "../../errors.ts";
import type { GenerationConfig } from "./generation-config.ts";
import type { GenerateOptions } from "./generate-options.ts";
import { definitions } from "../processors/call-processors.ts";
import type { LogitsProcessorName } from "../processors/index.ts";
import { settingKinds } from "./settings.ts";

const callNames: Record<Exclude<keyof GenerateOptions, keyof GenerationConfig | LogitsProcessorName>, true> = {
  inputIds: true,
  attentionMask: true,
  generationConfig: true,
  pastKeyValues: true,
  kvDType: true,
  assistantModel: true,
  engine: true,
  cacheSalt: true,
  logitsProcessors: true,
  stoppingCriteria: true,
  negativePromptIds: true,
  negativePromptAttentionMask: true,
  tokenizer: true,
  seed: true,
  signal: true,
  onWarning: true,
};

/** Columns of a tokenizer's output that decoders have no use for, and what is always so here. */
const taken = ["tokenTypeIds", "offsetsMapping", "specialTokensMask", "tokens", "returnDictInGenerate"];

const known: ReadonlySet<string> = new Set([
  ...definitions.map(({ option }) => option),
  ...Object.keys(settingKinds),
  ...Object.keys(callNames),
  ...taken,
]);

/**
 * Checks the names of a call's options and of the generation config below it. A config may hold keys of its own, an
 * options object may not.
 *
 * @throws GenerationError for an unknown option, with the nearest known one, and for one that is not supported
 */
export function checkOptionNames(
  options: GenerateOptions,
  fallback: GenerationConfig,
  warn: (message: string) => void,
): void {
  for (const [name, value] of Object.entries({ ...fallback, ...options }) as [string, unknown][]) {
    const unsupported = ownEntry(unsupportedOptions, name);
    if (unsupported && value !== null && value !== undefined && value !== unsupported.off)
      throw new GenerationError(name, `is set; ${unsupported.mend}`, { given: value, expected: unsupported.off });
  }
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (value === undefined || value === null || known.has(name) || ownEntry(unsupportedOptions, name)) continue;
    if (ownEntry(optionsWithoutEffect, name)) {
      warn(`${name}: has no effect here`);
      continue;
    }
    const nearest = nearestName(name, known);
    throw new GenerationError(name, `is not an option of generate; did you mean ${nearest}?`, { given: name, nearest });
  }
}

const ownEntry = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
