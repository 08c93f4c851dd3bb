import { jsonExcess } from "@helium-lm/nn";
import { camelCase } from "../camel-case.ts";
import type { DecoderConfig } from "../config/index.ts";
import { ModelLoadError } from "../errors.ts";
import type { GenerationConfig } from "../generation/index.ts";
import { readText, type ModelSource } from "../sources/model-source.ts";

/** Far above any real one. */
const allowance = { perCharacter: 0.25, base: 2 ** 22 };

/**
 * Defaults of `generate`: generation_config.json, or else the special tokens and generation keys of config.json.
 *
 * @throws ModelLoadError when generation_config.json is no JSON object
 */
export async function generationConfigOf(source: ModelSource, config: DecoderConfig): Promise<GenerationConfig> {
  const text = await readText(source, "generation_config.json");
  if (text === null) {
    const { bosTokenId, eosTokenId, padTokenId } = config;
    return { ...config.generationDefaults, bosTokenId, eosTokenId, padTokenId };
  }
  const problem = jsonExcess(text, allowance);
  if (problem !== null)
    throw new ModelLoadError(
      `${source.location}/generation_config.json`,
      `${problem}, which is no generation config; download it again or delete it`,
    );
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new ModelLoadError(
      `${source.location}/generation_config.json`,
      "is no JSON; download it again or delete it",
      {},
      { cause },
    );
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new ModelLoadError(
      `${source.location}/generation_config.json`,
      "is no JSON object; download it again or delete it",
    );
  return Object.fromEntries(Object.entries(parsed).map(([key, value]) => [camelCase(key), value]));
}
