import type { Redis } from "ioredis";
import type { BatchOutcome } from "../batches/run-line.ts";
import { answersKey } from "./keys.ts";

/** Seconds after the last answer when those that nobody has come for are dropped: a week. */
const KEEP_S = 7 * 86_400;

/** Answers that are read at a time, about. */
const PAGE = 200;

/** The answers of a batch in Redis, from when a worker has one until the submitter has it on its disk. */
export class AnswerShelf {
  readonly #redis: Redis;
  readonly #key: string;

  constructor(redis: Redis, batch: string) {
    this.#redis = redis;
    this.#key = answersKey(batch);
  }

  /** Leaves an answer there, unless the line has one. */
  async put(outcome: BatchOutcome): Promise<void> {
    const both = this.#redis.multi().hsetnx(this.#key, outcome.custom_id, JSON.stringify(outcome));
    for (const [error] of (await both.expire(this.#key, KEEP_S).exec()) ?? []) if (error) throw error;
  }

  async has(customId: string): Promise<boolean> {
    return (await this.#redis.hexists(this.#key, customId)) === 1;
  }

  /** All that is there, in pieces; an answer may come twice. */
  async *read(): AsyncGenerator<readonly BatchOutcome[]> {
    let cursor = "0";
    do {
      const [next, found] = await this.#redis.hscan(this.#key, cursor, "COUNT", PAGE);
      cursor = next;
      const texts = found.filter((_, at) => at % 2 === 1);
      if (texts.length > 0) yield texts.map((text) => JSON.parse(text) as BatchOutcome);
    } while (cursor !== "0");
  }

  async remove(customIds: readonly string[]): Promise<void> {
    if (customIds.length > 0) await this.#redis.hdel(this.#key, ...customIds);
  }

  async clear(): Promise<void> {
    await this.#redis.del(this.#key);
  }
}
