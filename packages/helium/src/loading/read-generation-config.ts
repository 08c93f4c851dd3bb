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
 * @param config gives what config.json says, where it is needed
 * @throws ModelLoadError when generation_config.json is not a JSON object
 */
export async function generationConfigOf(
  source: ModelSource,
  config: () => DecoderConfig | Promise<DecoderConfig>,
): Promise<GenerationConfig> {
  const text = await readText(source, "generation_config.json");
  if (text === null) {
    const { generationDefaults, bosTokenId, eosTokenId, padTokenId } = await config();
    return { ...generationDefaults, bosTokenId, eosTokenId, padTokenId };
  }
  const problem = jsonExcess(text, allowance);
  if (problem !== null) throw damaged(source, `${problem}, far more than a generation config has`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw damaged(source, "is not valid JSON", { cause });
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw damaged(source, "is not a JSON object");
  return Object.fromEntries(Object.entries(parsed).map(([key, value]) => [camelCase(key), value]));
}

function damaged({ location }: ModelSource, problem: string, options?: ErrorOptions): ModelLoadError {
  const file = `${location}/generation_config.json`;
  return new ModelLoadError(file, `${problem}; download it again or delete it`, {}, options);
}
