import { checked } from "../option-checks.ts";
import type { CheckContext, ProcessorDefinition } from "./definition.ts";
import { ban, perRow, type LogitsProcessor } from "./processor.ts";

export interface NoRepeatNgramSizeOption {
  /** No n-gram occurs twice, the prompt included; default 0 = off. */
  readonly noRepeatNgramSize?: number | null;
}

export const noRepeatNgramDefinition: ProcessorDefinition<NoRepeatNgramSizeOption, number> = {
  option: "noRepeatNgramSize",
  default: 0,
  check: ngramSize,
  idle: (n) => n === 0,
  make: noRepeatNgram,
};

export interface EncoderNoRepeatNgramSizeOption {
  /** No n-gram of the prompt occurs again; default 0 = off. */
  readonly encoderNoRepeatNgramSize?: number | null;
}

export const encoderNoRepeatNgramDefinition: ProcessorDefinition<EncoderNoRepeatNgramSizeOption, number> = {
  option: "encoderNoRepeatNgramSize",
  default: 0,
  check: ngramSize,
  idle: (n) => n === 0,
  make: (n, { prompts }) => encoderNoRepeatNgram(n, prompts),
};

/** transformers takes any integer; one below 0 turns the processor off. */
function ngramSize(given: unknown, name: string, { warn }: CheckContext): number {
  const n = checked(name, given, "an integer ≥ 0", Number.isInteger);
  if (n < 0) warn(`${name}: is ${n}, which turns it off; give 0`);
  return Math.max(0, n);
}

/** Removes every token that followed an earlier occurrence of the last n−1 tokens (Paulus et al., arXiv 1705.04304). */
export function noRepeatNgram(n: number): LogitsProcessor {
  return perRow("noRepeatNgramSize", (scores, ids) => {
    if (ids.length >= n) ban(scores, followers(ids, ids.slice(ids.length + 1 - n)));
  });
}

/** Removes every token that followed the last n−1 tokens in the row's prompt. */
export function encoderNoRepeatNgram(n: number, prompts: readonly (readonly number[])[]): LogitsProcessor {
  return perRow("encoderNoRepeatNgramSize", (scores, ids, row) => {
    if (ids.length >= n - 1) ban(scores, followers(prompts[row] ?? [], ids.slice(ids.length + 1 - n)));
  });
}

/** Tokens that follow `tail` in `ids`. */
function followers(ids: readonly number[], tail: readonly number[]): number[] {
  const found: number[] = [];
  for (let start = 0; start + tail.length < ids.length; start++)
    if (tail.every((token, i) => ids[start + i] === token)) found.push(ids[start + tail.length] ?? 0);
  return found;
}
