import fc from "fast-check";
import { expect, test } from "vitest";
import { EvalError } from "../errors.ts";
import { parseShard, shardOf } from "./shard.ts";

test("every item is in one shard, and shards differ by at most one item", () => {
  fc.assert(
    fc.property(fc.nat(50), fc.integer({ min: 1, max: 9 }), (n, count) => {
      const items = Array.from({ length: n }, (_, i) => i);
      const shards = Array.from({ length: count }, (_, i) => shardOf(items, parseShard(`${i + 1}/${count}`)));
      expect(shards.flat().sort((a, b) => a - b)).toEqual(items);
      const lengths = shards.map(({ length }) => length);
      expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
      expect(shardOf(items, null)).toEqual(items);
    }),
    { seed: 1 },
  );
});

test.each(["0/4", "5/4", "2", "a/b", "", "1/0", "-1/2", "1.5/2"])("%j is no shard", (text) => {
  expect(() => parseShard(text)).toThrow(EvalError);
});
