import { tokenList } from "../option-checks.ts";
import type { ProcessorDefinition } from "./definition.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

export interface ForcedBosTokenIdOption {
  /** Token after a prompt of one token. */
  readonly forcedBosTokenId?: number | null;
}

export const forcedBosDefinition: ProcessorDefinition<ForcedBosTokenIdOption, number | null> = {
  option: "forcedBosTokenId",
  default: null,
  check: (given, name, context) => tokenList(given, name, context)[0] ?? null,
  make: forcedBos,
};

export interface ForcedEosTokenIdOption {
  /** Token or tokens, one of which is the last where `maxLength` is reached. */
  readonly forcedEosTokenId?: number | readonly number[] | null;
}

export const forcedEosDefinition: ProcessorDefinition<ForcedEosTokenIdOption, readonly number[] | null> = {
  option: "forcedEosTokenId",
  default: null,
  check: tokenList,
  make: (tokens, { maxLength }) => forcedEos(tokens, maxLength),
};

/** The only token that may follow a row of one token. */
export function forcedBos(token: number): LogitsProcessor {
  return perRow("forcedBosTokenId", (scores, ids) => {
    if (ids.length === 1) force(scores, [token]);
  });
}

/** The only tokens that may be the last of a row of `maxLength`. */
export function forcedEos(tokens: readonly number[], maxLength: number): LogitsProcessor {
  return perRow("forcedEosTokenId", (scores, ids) => {
    if (ids.length === maxLength - 1) force(scores, tokens);
  });
}

/** Leaves only these tokens, each with the score 0. */
function force(scores: Float32Array, tokens: Iterable<number>): void {
  scores.fill(-Infinity);
  for (const token of tokens) if (token < scores.length) scores[token] = 0;
}
