import { philox, type PhiloxCounter, type PhiloxKey } from "./philox.ts";

/** Where random numbers come from: uniform in [0, 1), a multiple of 2^−53. */
export interface Uniform {
  uniform(): number;
}

/**
 * The random numbers of one row. Those of a step are a function of seed, row and step alone: other rows, the backend, its
 * threads and what was drawn in earlier steps make no difference.
 */
export class RowRandom {
  readonly #key: PhiloxKey;
  readonly #row: number;

  /** @param row which of the rows with this seed and prompt it is */
  constructor(seed: number, row: number) {
    this.#key = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
    this.#row = row;
  }

  /**
   * Those of one step, in the order they are asked for.
   *
   * @param step new tokens before
   * @param lane 0 for the token of the row; others are independent of it and of each other
   */
  at(step: number, lane = 0): Uniform {
    let drawn = 0;
    let words: PhiloxCounter = [0, 0, 0, 0];
    return {
      uniform: () => {
        const isFirst = drawn % 2 === 0;
        if (isFirst) words = philox([drawn / 2, step, this.#row, lane], this.#key);
        drawn++;
        const [high, low] = isFirst ? [words[0], words[1]] : [words[2], words[3]];
        return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
      },
    };
  }
}

/** What the random numbers of a call depend on. */
interface DrawnRows {
  /** One for each prompt. */
  readonly seeds: readonly number[];
  readonly inputIds: readonly (readonly number[])[];
  readonly attentionMask: readonly (readonly number[])[];
  /** Rows per prompt. */
  readonly copies: number;
  readonly numBeams: number;
}

/** Rows that are drawn from one prompt count on; so do equal prompts. In beam search each prompt has one. */
export function randomOf({ seeds, inputIds, attentionMask, copies, numBeams }: DrawnRows): RowRandom[] {
  const rows = numBeams > 1 ? 1 : copies;
  return occurrences(inputIds, attentionMask, seeds).flatMap((before, prompt) =>
    Array.from({ length: rows }, (_, row) => new RowRandom(seeds[prompt] ?? 0, before * rows + row)),
  );
}

/**
 * For each prompt, how many before it have the same tokens (padding aside) and seed: one prompt given n times draws as one
 * prompt with n rows does, and a prompt draws the same alone and beside others.
 */
export function occurrences(
  prompts: readonly (readonly number[])[],
  masks: readonly (readonly number[])[],
  seeds: readonly number[],
): readonly number[] {
  const seen = new Map<string, number>();
  return prompts.map((ids, index) => {
    const tokens = ids.filter((_, t) => masks[index]?.[t] !== 0);
    const key = `${seeds[index]}: ${tokens.join()}`;
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    return before;
  });
}
