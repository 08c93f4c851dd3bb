import { checked, isNatural } from "../option-checks.ts";
import type { CheckContext, MakeContext, ProcessorDefinition } from "./definition.ts";
import { ban, perRow, type LogitsProcessor } from "./processor.ts";

export interface MinLengthOption {
  /** No eos before a row, prompt included, is this long; default 0. */
  readonly minLength?: number | null;
}

export const minLengthDefinition: ProcessorDefinition<MinLengthOption, number> = {
  option: "minLength",
  default: 0,
  check: (given, name, context) => {
    const length = checked(name, given, "an integer ≥ 0", isNatural);
    if (context.value(minNewTokensDefinition) === 0) warnOfLength(name, length, context);
    return length;
  },
  idle: (length, context) => lengthOf(length, context) === 0 || context.eosTokenIds.size === 0,
  make: (length, context) => minLength(lengthOf(length, context), context.eosTokenIds),
};

/** `minNewTokens` wins, as in transformers, which then has both processors. */
function lengthOf(length: number, context: MakeContext): number {
  const newTokens = context.value(minNewTokensDefinition);
  return newTokens > 0 ? context.promptLength + newTokens : length;
}

export interface MinNewTokensOption {
  /** No eos among the first new tokens; wins over `minLength`. */
  readonly minNewTokens?: number | null;
}

export const minNewTokensDefinition: ProcessorDefinition<MinNewTokensOption, number> = {
  option: "minNewTokens",
  default: 0,
  check: (given, name, context) => {
    const count = checked(name, given, "an integer ≥ 0", isNatural);
    if (count > 0) warnOfLength(name, context.promptLength + count, context);
    return count;
  },
  idle: (count, { eosTokenIds }) => count === 0 || eosTokenIds.size === 0,
  make: (count, { promptLength, eosTokenIds }) => minNewTokens(count, promptLength, eosTokenIds),
};

function warnOfLength(name: string, length: number, { maxLength, warn }: CheckContext): void {
  if (length > maxLength)
    warn(`${name}: asks for rows of ${length}, but they end at ${maxLength}; lower it or raise maxNewTokens`);
}

/** No eos while the row, prompt included, is shorter than `length`. */
export function minLength(length: number, eosTokenIds: ReadonlySet<number>): LogitsProcessor {
  return perRow("minLength", (scores, ids) => {
    if (ids.length < length) ban(scores, eosTokenIds);
  });
}

/** No eos among the first `count` new tokens. */
export function minNewTokens(count: number, promptLength: number, eosTokenIds: ReadonlySet<number>): LogitsProcessor {
  return perRow("minNewTokens", (scores, ids) => {
    if (ids.length - promptLength < count) ban(scores, eosTokenIds);
  });
}
