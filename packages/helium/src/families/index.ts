import { ConfigError } from "../errors.ts";
import type { FamilyDefinition } from "../config/family.ts";
import { readConfig } from "../config/read-config.ts";
import { cohere } from "./cohere.ts";
import { gemma } from "./gemma.ts";
import { gemma2 } from "./gemma2.ts";
import { gemma3Text } from "./gemma3-text.ts";
import { glm } from "./glm.ts";
import { granite } from "./granite.ts";
import { helium } from "./helium.ts";
import { llama } from "./llama.ts";
import { mistral } from "./mistral.ts";
import { olmo2 } from "./olmo2.ts";
import { phi3 } from "./phi3.ts";
import { qwen2 } from "./qwen2.ts";
import { qwen3 } from "./qwen3.ts";
import { smollm3 } from "./smollm3.ts";

/** The built-in families by `model_type`. */
export const families = {
  helium,
  llama,
  mistral,
  qwen2,
  qwen3,
  gemma,
  gemma2,
  gemma3_text: gemma3Text,
  phi3,
  olmo2,
  granite,
  smollm3,
  glm,
  cohere,
} as const satisfies Readonly<Record<string, FamilyDefinition>>;

/** `model_type` of a built-in family. */
export type FamilyName = keyof typeof families;

const known = new Map<string, FamilyDefinition>(Object.entries(families));

/**
 * Every `model_type` that runs, families added at run time included.
 *
 * @example
 * console.log(knownModelTypes().includes("llama")); // true
 */
export const knownModelTypes = (): readonly string[] => [...known.keys()];

/**
 * The family of a `model_type`.
 *
 * @param file named by the error
 * @throws ConfigError that lists the known ones
 */
export function familyOf(modelType: unknown, file = "config.json"): FamilyDefinition {
  const family = typeof modelType === "string" ? known.get(modelType) : undefined;
  if (family !== undefined) return family;
  throw new ConfigError({
    file,
    key: "model_type",
    given: modelType,
    expected: `one of ${knownModelTypes().join(", ")}`,
    mend: "only these families are supported; registerFamily adds another",
  });
}

/**
 * Adds a family: after this, configs and checkpoints with its `model_type` load like any other.
 *
 * @throws ConfigError when the model type or a class prefix is taken, or the defaults are not a valid config
 *
 * @example
 * registerFamily({ ...llama, modelType: "mymodel", classPrefix: "MyModel" }); // llama: a FamilyDefinition
 * console.log(new DecoderConfig({ modelType: "mymodel" }).hiddenSize); // 4096
 */
export function registerFamily(definition: FamilyDefinition): void {
  const file = "registerFamily";
  if (known.has(definition.modelType)) {
    throw new ConfigError({
      file,
      key: "modelType",
      given: definition.modelType,
      expected: "a new name",
      mend: `these are taken: ${knownModelTypes().join(", ")}`,
    });
  }
  const prefixes = new Set([...known.values()].flatMap(prefixesOf));
  const taken = prefixesOf(definition).find((prefix) => prefixes.has(prefix));
  if (taken !== undefined) {
    throw new ConfigError({
      file,
      key: "classPrefix",
      given: taken,
      expected: "a new prefix",
      mend: `these are taken: ${[...prefixes].join(", ")}`,
    });
  }
  readConfig({}, definition, `family ${definition.modelType}`);
  known.set(definition.modelType, definition);
}

const prefixesOf = ({
  classPrefix,
  causalLMPrefix = classPrefix,
  classAliases = [],
}: FamilyDefinition): readonly string[] => [...new Set([classPrefix, causalLMPrefix, ...classAliases])];

/** The family of a class: `LlamaForCausalLM` with the suffix `ForCausalLM` is llama; undefined for a class of no family. */
export const familyOfClass = (className: string, suffix: string): FamilyDefinition | undefined =>
  [...known.values()].find((family) => prefixesOf(family).some((prefix) => className === prefix + suffix));

/** `ForCausalLM` → `LlamaForCausalLM`, as `architectures` holds it. */
export const classNameOf = ({ classPrefix, causalLMPrefix = classPrefix }: FamilyDefinition, suffix: string): string =>
  (suffix === "ForCausalLM" ? causalLMPrefix : classPrefix) + suffix;

export type { FamilyDefinition } from "../config/family.ts";
