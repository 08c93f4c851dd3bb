import { tokenList } from "../option-checks.ts";
import { GenerationError } from "../../errors.ts";
import type { CheckContext, ProcessorDefinition } from "./definition.ts";
import { forcedBosDefinition, forcedEosDefinition } from "./forced-tokens.ts";
import { ban, perRow, type LogitsProcessor } from "./processor.ts";

export interface SuppressTokensOption {
  /** Tokens that never occur. */
  readonly suppressTokens?: readonly number[] | null;
}

export const suppressTokensDefinition: ProcessorDefinition<SuppressTokensOption, readonly number[] | null> = {
  option: "suppressTokens",
  default: null,
  check: (given, name, context) => {
    const tokens = tokenList(given, name, context);
    checkForced(tokens, context);
    return tokens;
  },
  make: suppressTokens,
};

export interface BeginSuppressTokensOption {
  /** Tokens that are never the first new one. */
  readonly beginSuppressTokens?: readonly number[] | null;
}

export const beginSuppressTokensDefinition: ProcessorDefinition<BeginSuppressTokensOption, readonly number[] | null> = {
  option: "beginSuppressTokens",
  default: null,
  check: tokenList,
  make: (tokens, { promptLength, value }) =>
    // After a prompt of one token the first new one is the forced bos.
    beginSuppressTokens(tokens, promptLength + (promptLength === 1 && value(forcedBosDefinition) !== null ? 1 : 0)),
};

/** @throws GenerationError where all tokens of which one is forced are suppressed */
function checkForced(suppressed: readonly number[], { value }: CheckContext): void {
  const bos = value(forcedBosDefinition);
  for (const [name, forced] of [
    [forcedBosDefinition.option, bos === null ? null : [bos]],
    [forcedEosDefinition.option, value(forcedEosDefinition)],
  ] as const)
    if (forced?.length && forced.every((token) => suppressed.includes(token)))
      throw new GenerationError(
        name,
        "is also in suppressTokens, so that no token would be left; take it out of one of them",
      );
}

/** Tokens that never occur. */
export function suppressTokens(tokens: readonly number[]): LogitsProcessor {
  return perRow("suppressTokens", (scores) => ban(scores, tokens));
}

/** Tokens that do not follow a row of exactly `length` tokens: the prompt, or the prompt and a forced bos. */
export function beginSuppressTokens(tokens: readonly number[], length: number): LogitsProcessor {
  return perRow("beginSuppressTokens", (scores, ids) => {
    if (ids.length === length) ban(scores, tokens);
  });
}
