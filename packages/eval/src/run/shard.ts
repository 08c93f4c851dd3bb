import { EvalError } from "../errors.ts";

/** One of `count` parts of an evaluation, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Reads "2/4". @throws EvalError */
export function parseShard(text: string): Shard {
  const [, index = NaN, count = NaN] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (!(index >= 1 && index <= count))
    throw new EvalError("shard", `is ${JSON.stringify(text)}; expected i/n with 1 ≤ i ≤ n, such as 2/4`, {
      given: text,
    });
  return { index, count };
}

/** The items of a shard: every `count`-th one, so that all shards have parts of every task. */
export function shardOf<T>(items: readonly T[], shard: Shard | null): readonly T[] {
  return shard === null ? items : items.filter((_, i) => i % shard.count === shard.index - 1);
}
