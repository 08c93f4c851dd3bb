import { checked, isNatural, isPositiveInteger } from "./checks.ts";
import { GenerationError } from "./errors.ts";
import type { GenerationConfig } from "./generation-config.ts";

/** Tokens generated when neither `maxNewTokens` nor `maxLength` is set. */
const DEFAULT_NEW_TOKENS = 20;

/**
 * Lengths count the prompt: `maxNewTokens` and `minNewTokens` win over `maxLength` and `minLength`; without a limit
 * 20 new tokens, as far as the model has positions.
 *
 * @throws GenerationError when the prompt leaves no room
 */
export function resolveLengths(
  pick: (key: "maxNewTokens" | "maxLength" | "minNewTokens" | "minLength") => GenerationConfig["maxLength"],
  promptLength: number,
  maxPositionEmbeddings: number,
  warn: (message: string) => void,
): { readonly maxLength: number; readonly minLength: number; readonly minNewTokens: number } {
  const [maxNewTokens, givenMax] = [pick("maxNewTokens") ?? null, pick("maxLength") ?? null];
  const maxLength =
    maxNewTokens !== null
      ? promptLength + checked("maxNewTokens", maxNewTokens, "an integer > 0", isPositiveInteger)
      : givenMax !== null
        ? checked("maxLength", givenMax, "an integer > 0", isPositiveInteger)
        : Math.min(promptLength + DEFAULT_NEW_TOKENS, maxPositionEmbeddings);
  if (promptLength >= maxLength)
    throw new GenerationError(
      "maxLength",
      `is ${maxLength}, but the prompt already has ${promptLength} tokens; raise maxLength, set maxNewTokens or shorten the prompt`,
      { given: maxLength, promptLength },
    );

  const minNewTokens = checked("minNewTokens", pick("minNewTokens") ?? 0, "an integer ≥ 0", isNatural);
  const givenMin = checked("minLength", pick("minLength") ?? 0, "an integer ≥ 0", isNatural);
  const minLength = minNewTokens > 0 ? promptLength + minNewTokens : givenMin;
  if (minLength > maxLength)
    warn(
      `${minNewTokens > 0 ? "minNewTokens" : "minLength"}: asks for rows of ${minLength}, but they end at ${maxLength}; lower it or raise maxNewTokens`,
    );
  return { maxLength, minLength, minNewTokens };
}
