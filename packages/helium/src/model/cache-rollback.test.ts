import { expect, it } from "vitest";
import { createBackend, scope } from "@helium-lm/tensor";
import { KvCache } from "@helium-lm/nn";
import { withCacheRollback } from "./cache-rollback.ts";

it("a pass that fails leaves the cache as it was: with its rows, or without any", async () => {
  const backend = await createBackend("cpu");
  using cache = new KvCache(backend, { layers: 1, kvHeads: 1, headDim: 2, pageSize: 2 });
  const fail = (rows: number): void =>
    withCacheRollback(cache, () => {
      scope(() => void cache.extend(rows, 3));
      throw new Error("in the pass");
    });
  expect(() => fail(2)).toThrow("in the pass");
  expect([cache.batchSize, cache.pagesInUse]).toEqual([0, 0]);
  scope(() => void cache.extend(1, 2));
  expect(() => fail(1)).toThrow("in the pass");
  expect(cache.lengths).toEqual([2]);
});
