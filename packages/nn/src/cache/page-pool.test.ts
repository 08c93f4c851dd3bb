import { afterEach, expect, test } from "vitest";
import { createBackend } from "@helium-lm/tensor";
import { CacheError } from "../errors.ts";
import { PagePool, type PagePoolConfig } from "./page-pool.ts";

const backend = await createBackend("cpu");
const shape = { layers: 2, kvHeads: 1, headDim: 1, pageSize: 2 };

const made: PagePool[] = [];
function poolOf(more: Partial<PagePoolConfig> = {}): PagePool {
  const pool = new PagePool(backend, { ...shape, ...more });
  made.push(pool);
  return pool;
}
afterEach(() => {
  for (const pool of made.splice(0)) pool.dispose();
  expect(backend.memory().handles).toBe(0);
});

/** Takes pages. */
function take(pool: PagePool, count: number): number[] {
  pool.reserve(count);
  return Array.from({ length: count }, () => pool.take());
}

test("a page is free once nobody holds it, and not before", () => {
  const pool = poolOf({ maxTokens: 2 * 2 });
  const [page = -1] = take(pool, 1);
  pool.retain(page);
  expect([pool.holders(page), pool.held, pool.available]).toEqual([2, 1, 1]);
  pool.release(page);
  expect([pool.holders(page), pool.held, pool.available]).toEqual([1, 1, 1]);
  pool.release(page);
  expect([pool.holders(page), pool.held, pool.available]).toEqual([0, 0, 2]);
  expect(new Set(take(pool, 2)).size).toBe(2);
});

test("grows by doubling, never past its limit, nor past what is expected while that suffices", () => {
  const limited = poolOf({ maxTokens: 11 });
  take(limited, 3);
  take(limited, 1);
  expect(limited.capacity).toBe(5);
  expect(() => limited.reserve(2)).toThrow(
    "PagePool: 2 more pages of 2 slots asked for, 1 of at most 5 are left; end sequences, or make the pool larger",
  );
  const expecting = poolOf({ capacity: 8 });
  take(expecting, 3);
  take(expecting, 1);
  expect(expecting.capacity).toBe(4);
  take(expecting, 1);
  expect(expecting.capacity).toBe(8);
});

test("pages that come one by one beyond what was expected are copied a few times each, not once for every page", () => {
  const pool = poolOf({ capacity: 8, maxTokens: 2000 });
  const sizes = new Set<number>();
  for (let page = 0; page < 1000; page++) {
    take(pool, 1);
    sizes.add(pool.capacity);
  }
  expect([...sizes].slice(0, 4)).toEqual([1, 2, 4, 8]);
  expect(sizes.size).toBeLessThan(12);
  expect(pool.capacity).toBe(1000);
});

test("a page that begins a text is kept while there is memory, then the one unused for longest is taken", () => {
  const pool = poolOf({ maxTokens: 3 * 2 });
  const [a = -1, b = -1] = take(pool, 2);
  const first = pool.publish(a, null, [1, 2], "");
  pool.publish(b, first, [3, 4], "");
  pool.release(b);
  pool.release(a);
  expect([pool.held, pool.cached, pool.available, pool.isPublished(a)]).toEqual([0, 2, 3, true]);
  // The third page is free memory: nothing is forgotten for it.
  const [c = -1] = take(pool, 1);
  expect([pool.cached, [a, b].includes(c)]).toEqual([2, false]);
  const [d] = take(pool, 1);
  expect([d, pool.cached, pool.isPublished(b)]).toEqual([b, 1, false]);
  pool.forgetPrefixes();
  expect([pool.cached, pool.isPublished(a), pool.available]).toEqual([0, false, 1]);
});

test("what is found is held, and what is held is not evicted", () => {
  const pool = poolOf({ maxTokens: 2 * 2 });
  const [a = -1] = take(pool, 1);
  pool.publish(a, null, [1, 2], "x");
  pool.release(a);
  expect(pool.findPrefix([1, 2, 3], "y")).toEqual({ path: [], partial: null });
  expect(pool.findPrefix([1, 2, 3], "x").path.map(({ page }) => page)).toEqual([a]);
  expect([pool.holders(a), pool.held, pool.cached, pool.available]).toEqual([1, 1, 0, 1]);
  const [b] = take(pool, 1);
  expect(b).not.toBe(a);
  expect(() => pool.reserve(1)).toThrow(CacheError);
  pool.release(a);
  expect([pool.cached, pool.available]).toEqual([1, 1]);
});

test("of two pages with the same text one is kept, and held by both", () => {
  const pool = poolOf({ maxTokens: 4 * 2 });
  const [a = -1, b = -1] = take(pool, 2);
  pool.publish(a, null, [1, 2], "");
  expect(pool.publish(b, null, [1, 2], "").page).toBe(a);
  expect([pool.holders(a), pool.holders(b), pool.held]).toEqual([2, 0, 1]);
  expect(new Set(take(pool, 3)).has(a)).toBe(false);
});

test("errors are typed, and a pool that was disposed says so", () => {
  const pool = poolOf();
  expect(() => pool.take()).toThrow("PagePool: out of reserved pages");
  expect(() => pool.layer(2)).toThrow("PagePool: layer 2 is out of range; the number of layers is 2");
  pool.dispose();
  expect(() => pool.reserve(1)).toThrow("PagePool: was disposed; make a new one");
});

test("a pool ends where a storage of its backend does, and says so", () => {
  const small = Object.create(backend, {
    capabilities: { value: { ...backend.capabilities, maxStorageBytes: 5000 } },
  }) as typeof backend;
  const shape = { layers: 1, kvHeads: 2, headDim: 8, pageSize: 16 };
  const pool = new PagePool(small, shape);
  expect(pool.maxPages).toBe(4); // of 1,024 bytes
  expect(new PagePool(small, { ...shape, dtype: "q8_0" }).maxPages).toBe(19);
  expect(new PagePool(small, { ...shape, maxTokens: 32 }).maxPages).toBe(2);
  expect(() => pool.reserve(5)).toThrow(
    /^PagePool: 5 more pages of 16 slots asked for, 4 of at most 4 are left; a storage of cpu holds 5000 bytes, so end sequences, keep keys and values in fewer bits \(kvDType q8_0\), or use another backend$/,
  );
});
