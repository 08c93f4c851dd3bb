import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import {
  attention,
  configureDispatch,
  createBackend,
  DisposedError,
  scope,
  tensor,
  type Backend,
  type Tensor,
} from "@helium-lm/tensor";
import { CacheError } from "../errors.ts";
import { KvCache } from "./kv-cache.ts";

let backend: Backend;
beforeEach(async () => {
  backend = await createBackend("cpu");
});

const make = (pageSize = 4): KvCache => new KvCache(backend, { layers: 1, kvHeads: 2, headDim: 3, pageSize });

/** Keys of one row's slots, each number unique: `[1 row][K][n][D]`. */
const block = (rows: readonly (readonly number[])[]): Tensor =>
  tensor(
    backend,
    rows.map((slots) => [0, 1].map((k) => slots.map((slot) => [0, 1, 2].map((d) => slot * 10 + k * 3 + d)))),
  );

function append(cache: KvCache, rows: readonly (readonly number[])[]): void {
  scope(() => {
    cache.extend(rows.length, rows[0]?.length ?? 0);
    const keys = block(rows);
    cache.write(0, keys, keys);
  });
}

/** First key element of every slot of every row, read back through the page tables. */
async function slots(cache: KvCache): Promise<number[][]> {
  const { tables, lengths } = scope((s) => {
    const view = cache.extend(cache.batchSize, 0);
    s.keep(view.tables);
    return { tables: view.tables, lengths: view.lengths };
  });
  const table = (await tables.toArray()) as number[][];
  const pool = (await cache.keys(0).toArray()) as number[][][][];
  tables.dispose();
  return lengths.map((length, row) =>
    Array.from({ length }, (_, slot) => {
      const page = table[row]?.[Math.floor(slot / cache.pageSize)] ?? -1;
      return (pool[page]?.[0]?.[slot % cache.pageSize]?.[0] ?? NaN) / 10;
    }),
  );
}

describe("KvCache", () => {
  test("keeps what was written across pages", async () => {
    using cache = make();
    append(cache, [
      [1, 2, 3],
      [11, 12, 13],
    ]);
    append(cache, [
      [4, 5, 6, 7, 8, 9],
      [14, 15, 16, 17, 18, 19],
    ]);
    expect(await slots(cache)).toEqual([
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
      [11, 12, 13, 14, 15, 16, 17, 18, 19],
    ]);
    expect(cache.pagesInUse).toBe(6);
  });

  test("any run of append, crop, select and repeat equals the same on plain arrays, and frees every page", async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("append" as const), count: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ kind: fc.constant("crop" as const), count: fc.integer({ min: 0, max: 7 }) }),
      fc.record({ kind: fc.constant("select" as const), picks: fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }) }),
      fc.record({ kind: fc.constant("repeat" as const), times: fc.integer({ min: 1, max: 2 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const cache = make();
        let model: number[][] = [[], []];
        let next = 1;
        append(cache, [[0], [100]]);
        model = [[0], [100]];
        for (const s of steps) {
          if (s.kind === "append") {
            const rows = model.map(() => Array.from({ length: s.count }, () => next++));
            append(cache, rows);
            model = model.map((row, b) => [...row, ...(rows[b] ?? [])]);
          } else if (s.kind === "crop") {
            cache.crop(s.count);
            model = model.map((row) => row.slice(0, Math.max(0, row.length - s.count)));
          } else if (s.kind === "select") {
            const picks = s.picks.map((pick) => pick % model.length);
            cache.select(picks);
            model = picks.map((pick) => [...(model[pick] ?? [])]);
          } else {
            if (model.length * s.times > 8) continue;
            cache.repeatInterleave(s.times);
            model = model.flatMap((row) => Array.from({ length: s.times }, () => [...row]));
          }
        }
        expect(await slots(cache)).toEqual(model);
        cache.reset();
        expect(cache.pagesInUse).toBe(0);
        cache.dispose();
        expect(backend.memory().handles).toBe(0);
      }),
      { seed: 20261124, numRuns: 60 },
    );
  });

  test("q8_0 pages are grown, shared and copied with their scales", async () => {
    using cache = new KvCache(backend, { layers: 1, kvHeads: 2, headDim: 3, pageSize: 2, dtype: "q8_0" });
    append(cache, [[1, 2, 3]]);
    cache.repeatInterleave(2);
    append(cache, [[4], [14]]);
    expect(cache.keys(0).dtype).toBe("i8");
    const view = cache.extend(2, 0);
    const tables = (await view.tables.toArray()) as number[][];
    view.tables.dispose();
    view.slots.dispose();
    const { keyScales, valueScales } = cache.scales(0);
    const levels = (await cache.keys(0).toArray()) as number[][][][];
    for (const scales of [keyScales, valueScales]) {
      const pool = (await scales?.toArray()) as number[][][];
      for (const [row, slots] of [
        [1, 2, 3, 4],
        [1, 2, 3, 14],
      ].entries())
        for (const [slot, value] of slots.entries())
          for (const k of [0, 1]) {
            const page = tables[row]?.[Math.floor(slot / 2)] ?? -1;
            const scale = pool[page]?.[k]?.[slot % 2] ?? NaN;
            const row3 = (levels[page]?.[k]?.[slot % 2] ?? []).map((level) => level * scale);
            const largest = value * 10 + k * 3 + 2;
            row3.forEach((got, d) => {
              expect(Math.abs(got - (largest - 2 + d))).toBeLessThanOrEqual(largest / 254 + 1e-5);
            });
          }
    }
  });

  test("the pools double, but not past the expected slots until more are needed", () => {
    using cache = new KvCache(backend, { layers: 1, kvHeads: 2, headDim: 3, pageSize: 2, capacity: 10 });
    const pages = [6, 1, 3, 1].map((count) => {
      append(cache, [Array.from({ length: count }, (_, i) => i)]);
      return cache.keys(0).shape[0];
    });
    expect(pages).toEqual([3, 5, 5, 10]);
  });

  test("paged attention equals attention over the same keys in one run", async () => {
    using cache = make();
    append(cache, [[1, 2, 3, 4, 5, 6]]);
    await scopeless(async (track) => {
      const q = track(tensor(backend, [[[[0.1, 0.2, 0.3]], [[0.3, 0.1, -0.2]]]]));
      const keys = track(block([[1, 2, 3, 4, 5, 6]]));
      const { tables, lengths, slots } = cache.extend(1, 0);
      track(tables);
      track(slots);
      const paged = track(attention(q, cache.keys(0), cache.values(0), { scale: 0.1, tables, lengths }));
      const dense = track(attention(q, keys, keys, { scale: 0.1 }));
      expect([...(await paged.data())]).toEqual([...(await dense.data())]);
    });
  });

  test.each(["f32", "f16", "bf16", "q8_0"] as const)("%s: one op for the rows of a pool, however many", (dtype) => {
    using cache = new KvCache(backend, { layers: 1, kvHeads: 2, headDim: 3, pageSize: 4, dtype });
    const written: string[] = [];
    configureDispatch(backend, {
      onOp: ({ op, out }) => {
        if (op === "scatterRows") written.push(out.dtype);
        expect(op).not.toBe("sliceUpdate");
      },
    });
    try {
      // Rows of nine slots lie in three pages each.
      append(
        cache,
        Array.from({ length: 5 }, (_, row) => Array.from({ length: 9 }, (_, slot) => 20 * row + slot)),
      );
    } finally {
      configureDispatch(backend, {});
    }
    expect(written).toEqual(dtype === "q8_0" ? ["i8", "f32", "i8", "f32"] : [dtype, dtype]);
  });

  test("slots of a pass are those its tables show", async () => {
    using cache = make();
    append(cache, [
      [1, 2, 3],
      [11, 12, 13],
    ]);
    await scopeless(async (track) => {
      const view = cache.extend(2, 2);
      const [tables, slots] = [track(view.tables), track(view.slots)];
      const pages = (await tables.toArray()) as number[][];
      const expected = [0, 1].flatMap((row) => [3, 4].map((i) => (pages[row]?.[i >> 2] ?? NaN) * 4 + (i & 3)));
      expect(await slots.toArray()).toEqual(expected);
    });
  });

  test("an extension or selection that fails leaves rows and pages as they were", () => {
    using cache = make(2);
    append(cache, [[1, 2, 3]]);
    cache.repeatInterleave(2);
    const before = { lengths: cache.lengths, pages: cache.pagesInUse, handles: backend.memory().handles };
    const alloc = backend.alloc.bind(backend);
    let failures = 0;
    for (let extended = false; !extended;) {
      let room = failures;
      backend.alloc = (spec) => {
        if (room-- === 0) throw new Error("full");
        return alloc(spec);
      };
      try {
        scope(() => void cache.extend(2, 2));
        extended = true;
      } catch {
        failures += 1;
        const { handles } = backend.memory();
        expect({ lengths: cache.lengths, pages: cache.pagesInUse, handles }).toEqual(before);
      }
    }
    // A larger pool of keys, of values, and the page tables, each at least once.
    expect(failures).toBeGreaterThanOrEqual(3);
    expect(cache.lengths).toEqual([5, 5]);
    cache.crop(2);
    expect(() => cache.select([0, 2])).toThrow(CacheError);
    cache.select([0]);
    cache.crop(3);
    expect(cache.pagesInUse).toBe(0);
  });

  test("a first extension that fails leaves a cache without rows", () => {
    using cache = make(2);
    backend.alloc = () => {
      throw new Error("full");
    };
    expect(() => scope(() => cache.extend(2, 3))).toThrow("full");
    expect([cache.batchSize, cache.pagesInUse]).toEqual([0, 0]);
  });

  test("of rows of different lengths the longest counts, and tables name a page of the pool everywhere", async () => {
    using cache = make(2);
    cache.addRows(2);
    cache.sequences[1]?.append(3);
    expect(cache.length).toBe(3);
    await scopeless(async (track) => {
      const { tables, slots, lengths } = cache.extend(2, 1);
      for (const t of [tables, slots]) track(t);
      expect(lengths).toEqual([1, 4]);
      const pages = (await tables.toArray()) as number[][];
      expect(pages.map((row) => row.length)).toEqual([2, 2]);
      const count = cache.keys(0).shape[0] ?? 0;
      for (const page of pages.flat()) expect(page >= 0 && page < count).toBe(true);
    });
  });

  test("rows of an empty cache, and all rows cut to one length", async () => {
    using cache = make(2);
    cache.addRows(2);
    append(cache, [
      [1, 2, 3],
      [11, 12, 13],
    ]);
    cache.truncate(2);
    expect(await slots(cache)).toEqual([
      [1, 2],
      [11, 12],
    ]);
    expect(() => cache.addRows(1)).toThrow(/holds 2 rows already; call reset\(\) first/);
    expect(() => cache.truncate(-1)).toThrow(CacheError);
  });

  test("a disposed cache says so and allocates nothing", () => {
    const cache = make();
    append(cache, [[1], [2]]);
    cache.dispose();
    cache.dispose();
    const uses: readonly (() => unknown)[] = [
      () => cache.extend(2, 1),
      () => cache.addRows(1),
      () => cache.keys(0),
      () => cache.values(0),
      () => cache.scales(0),
      () => cache.write(0, block([[1]]), block([[1]])),
      () => cache.crop(1),
      () => cache.truncate(1),
      () => cache.select([0]),
      () => cache.repeatInterleave(2),
    ];
    for (const use of uses) expect(() => scope(use)).toThrow(DisposedError);
    expect(() => scope(() => cache.extend(1, 1))).toThrow("KvCache: was disposed; make a new one");
    expect([cache.batchSize, cache.length, cache.pagesInUse]).toEqual([0, 0, 0]);
    expect(backend.memory().handles).toBe(0);
  });

  test("misuse is a CacheError with the mend", () => {
    using cache = make();
    append(cache, [[1], [2]]);
    expect(() => cache.extend(3, 1)).toThrow(/holds 2 rows, but the input has 3; use a new cache or select\(\) rows/);
    expect(() => cache.crop(-1)).toThrow(CacheError);
    expect(() => cache.select([2])).toThrow(/row 2 is out of range; the number of rows is 2/);
    expect(() => cache.keys(1)).toThrow(/layer 1 is out of range; the number of layers is 1/);
  });
});

/** Runs an asynchronous check and disposes what it tracked. */
async function scopeless(fn: (track: (t: Tensor) => Tensor) => Promise<void>): Promise<void> {
  const tracked: Tensor[] = [];
  try {
    await fn((t) => {
      tracked.push(t);
      return t;
    });
  } finally {
    for (const t of tracked) t.dispose();
  }
}
