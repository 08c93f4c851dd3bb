import type { Encoding } from "./encoding.ts";
import { TokenizerError } from "./errors.ts";

/** Which text of a pair is cut: the longer one until both fit, only the first, only the second. */
export type TruncationStrategy = "longest_first" | "only_first" | "only_second";

export interface TruncationOptions {
  /** The number of tokens left for the texts, special tokens not counted. */
  readonly maxLength: number;
  readonly strategy: TruncationStrategy;
  /** The side that loses tokens. */
  readonly side: "left" | "right";
}

const cut = (encoding: Encoding, length: number, side: "left" | "right"): Encoding => {
  const excess = encoding.length - length;
  if (excess <= 0) return encoding;
  return side === "left" ? encoding.slice(excess, encoding.length) : encoding.slice(0, length);
};

/** The lengths of a shorter and a longer text cut to `maxLength` together: the longer gives first, then both halve. */
const longestFirst = (shorter: number, maxLength: number): [number, number] => {
  const rest = Math.max(shorter, maxLength - shorter);
  if (shorter + rest <= maxLength) return [shorter, rest];
  const half = Math.floor(maxLength / 2);
  return [half, maxLength - half];
};

/** Cuts one text or a pair of texts to `maxLength` tokens in all. */
export const truncate = (encodings: readonly Encoding[], options: TruncationOptions): Encoding[] => {
  const { maxLength, strategy, side } = options;
  const [first, second] = encodings;
  const excess = encodings.reduce((total, encoding) => total + encoding.length, 0) - maxLength;
  if (first === undefined || excess <= 0) return [...encodings];
  if (maxLength === 0) return encodings.map((encoding) => cut(encoding, 0, side));
  if (strategy === "longest_first" && second !== undefined) {
    const isSwapped = first.length > second.length;
    const lengths = longestFirst(Math.min(first.length, second.length), maxLength);
    if (isSwapped) lengths.reverse();
    return [cut(first, lengths[0], side), cut(second, lengths[1], side)];
  }
  const target = strategy === "only_second" ? 1 : 0;
  const length = (encodings[target]?.length ?? 0) - excess;
  if (length <= 0) {
    throw new TokenizerError("tokenizer", {
      field: "truncation",
      problem: `"${strategy}" would have to take ${excess} of ${encodings[target]?.length ?? 0} tokens`,
      mend: 'use "longest_first" or a larger maxLength',
      details: { excess },
    });
  }
  return encodings.map((encoding, index) => (index === target ? cut(encoding, length, side) : encoding));
};
