import fc from "fast-check";
import { expect, test } from "vitest";
import { createBackend, scope, sliceUpdate, tensor } from "@helium-lm/tensor";
import { CacheError } from "../errors.ts";
import { KvSequence } from "./kv-sequence.ts";
import { PagePool, type PagePoolConfig } from "./page-pool.ts";

const backend = await createBackend("cpu");
const config = { layers: 1, kvHeads: 1, headDim: 1, pageSize: 2 } satisfies PagePoolConfig;

/** A sequence as a plain list, whose "keys" are the tokens themselves. */
interface Model {
  readonly sequence: KvSequence;
  ids: number[];
  readonly salt: string;
}

/** Appends tokens and writes each as its own key. */
function write({ sequence, ids }: Pick<Model, "sequence" | "ids">, from: number): void {
  const { pool } = sequence;
  for (let i = from; i < ids.length; i++)
    scope(() => {
      const slot = sequence.slot(i);
      const place = [Math.floor(slot / pool.pageSize), 0, slot % pool.pageSize, 0];
      sliceUpdate(pool.layer(0).keys.pool, tensor(backend, [[[[ids[i] ?? 0]]]]), place);
    });
}

const step = fc.oneof(
  fc.record({
    kind: fc.constant("open"),
    ids: fc.array(fc.nat(1), { minLength: 1, maxLength: 9 }),
    salted: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("append"),
    which: fc.nat(9),
    ids: fc.array(fc.nat(1), { minLength: 1, maxLength: 5 }),
  }),
  fc.record({ kind: fc.constant("truncate"), which: fc.nat(9), keep: fc.nat(9) }),
  fc.record({ kind: fc.constant("fork"), which: fc.nat(9) }),
  fc.record({ kind: fc.constant("publish"), which: fc.nat(9) }),
  fc.record({ kind: fc.constant("end"), which: fc.nat(9) }),
);

/** What the page tables and the pool must agree on. */
async function checkPages(pool: PagePool, models: readonly Model[]): Promise<void> {
  const shown = models.flatMap(({ sequence }) => sequence.pages);
  expect(pool.held).toBe(new Set(shown).size);
  for (const page of new Set(shown)) expect(pool.holders(page)).toBe(shown.filter((p) => p === page).length);
  expect(pool.held + pool.available).toBe(pool.maxPages);
  if (pool.capacity === 0) return;
  const stored = (await pool.layer(0).keys.pool.toArray()) as number[][][][];
  for (const { sequence, ids } of models) {
    expect(sequence.length).toBe(ids.length);
    const read = ids.map((_, i) => stored[Math.floor(sequence.slot(i) / 2)]?.[0]?.[sequence.slot(i) % 2]?.[0]);
    expect(read).toEqual(ids);
  }
}

test("over any schedule each sequence reads its own tokens, every page is free, cached or held, and none is left", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 24 }), async (steps) => {
      const pool = new PagePool(backend, { ...config, maxTokens: 12 * config.pageSize });
      const models: Model[] = [];
      /** Texts that were published, by salt: nothing else may be adopted. */
      const texts = new Map<string, number[][]>();
      for (const s of steps) {
        const model = "which" in s ? models[s.which % Math.max(1, models.length)] : undefined;
        try {
          if ("salted" in s) {
            const salt = s.salted ? "salt" : "";
            const opened: Model = { sequence: new KvSequence(pool), ids: [...s.ids], salt };
            const adopted = opened.sequence.adoptPrefix(s.ids, salt);
            expect(adopted).toBeLessThan(s.ids.length);
            const known = texts.get(salt) ?? [];
            if (adopted > 0)
              expect(known.some((text) => text.slice(0, adopted).join() === s.ids.slice(0, adopted).join())).toBe(true);
            try {
              opened.sequence.append(s.ids.length - adopted);
            } catch (error) {
              opened.sequence.reset();
              throw error;
            }
            write(opened, adopted);
            models.push(opened);
          } else if (!model) continue;
          else if ("ids" in s) {
            model.sequence.append(s.ids.length);
            const from = model.ids.length;
            model.ids = [...model.ids, ...s.ids];
            write(model, from);
          } else if ("keep" in s) {
            model.sequence.truncate(s.keep);
            model.ids = model.ids.slice(0, s.keep);
          } else if (s.kind === "fork") models.push({ ...model, sequence: model.sequence.fork(), ids: [...model.ids] });
          else if (s.kind === "publish") {
            model.sequence.publish(model.ids, model.salt);
            texts.set(model.salt, [...(texts.get(model.salt) ?? []), model.ids]);
          } else {
            model.sequence.reset();
            models.splice(models.indexOf(model), 1);
          }
        } catch (error) {
          // A full pool changes nothing.
          expect(error).toBeInstanceOf(CacheError);
        }
        await checkPages(pool, models);
      }
      for (const { sequence } of models) sequence.reset();
      expect(pool.held).toBe(0);
      pool.forgetPrefixes();
      expect([pool.cached, pool.available]).toEqual([0, 12]);
      pool.dispose();
      expect(backend.memory().handles).toBe(0);
    }),
    { seed: 20261129, numRuns: 150 },
  );
});

test("a stored prefix is found by its pages, the last one in part, below the text's length, and forgotten from its end", () => {
  const pool = new PagePool(backend, { ...config, maxTokens: 4 * config.pageSize });
  const ids = [1, 2, 3, 4, 5, 6];
  const first = new KvSequence(pool);
  first.append(6);
  first.publish(ids);
  first.reset();
  expect([pool.held, pool.cached]).toEqual([0, 3]);
  const second = new KvSequence(pool);
  // The last token is left to be computed.
  expect(second.adoptPrefix(ids)).toBe(5);
  expect(second.adoptPrefix.bind(second, ids)).toThrow(
    /holds 5 tokens, but a stored prefix can only go into an empty one/,
  );
  second.reset();
  const other = new KvSequence(pool);
  expect(other.adoptPrefix(ids, "salt")).toBe(0);
  other.append(4);
  // Two pages were taken: the free one, and the end of the stored text.
  expect(pool.cached).toBe(2);
  expect(new KvSequence(pool).adoptPrefix([...ids, 7])).toBe(4);
  pool.dispose();
});

test("a part of a page is taken over only where the pool has room for its copy too", () => {
  for (const [pages, adopted] of [
    [3, 2],
    [4, 3],
  ] as const) {
    const pool = new PagePool(backend, { ...config, maxTokens: pages * config.pageSize });
    const first = new KvSequence(pool);
    first.append(4);
    first.publish([1, 2, 3, 4]);
    first.reset();
    const second = new KvSequence(pool);
    expect(second.adoptPrefix([1, 2, 3, 9, 9, 9])).toBe(adopted);
    second.append(6 - adopted);
    expect(second.pages).toHaveLength(3);
    pool.dispose();
  }
});

test("a pool that is full says how full", () => {
  const pool = new PagePool(backend, { ...config, maxTokens: 2 * config.pageSize });
  const sequence = new KvSequence(pool);
  sequence.append(3);
  expect(() => sequence.append(3)).toThrow(
    "PagePool: 1 more pages of 2 slots asked for, 0 of at most 2 are left; end sequences, or make the pool larger",
  );
  expect(sequence.length).toBe(3);
  pool.dispose();
});

test("two sequences that computed the same page end up with one", () => {
  const pool = new PagePool(backend, config);
  const [a, b] = [new KvSequence(pool), new KvSequence(pool)];
  for (const sequence of [a, b]) {
    sequence.append(5);
    sequence.publish([1, 2, 3, 4, 5]);
  }
  expect(a.pages.slice(0, 2)).toEqual(b.pages.slice(0, 2));
  expect(pool.held).toBe(4);
  pool.dispose();
});

test("a stored page is not written, not even by the sequence that stored it", async () => {
  const pool = new PagePool(backend, config);
  const own = { sequence: new KvSequence(pool), ids: [1, 2, 3, 4], salt: "" };
  own.sequence.append(4);
  write(own, 0);
  own.sequence.publish(own.ids);
  own.sequence.truncate(3);
  own.ids = [1, 2, 3, 9, 5];
  own.sequence.append(2);
  write(own, 3);
  const found = { sequence: new KvSequence(pool), ids: [1, 2, 3, 4], salt: "" };
  expect(found.sequence.adoptPrefix([...found.ids, 7])).toBe(4);
  await checkPages(pool, [own, found]);
  // What was cut and written anew is stored as what it is now.
  own.sequence.publish(own.ids);
  const again = { sequence: new KvSequence(pool), ids: [1, 2, 3, 9], salt: "" };
  expect(again.sequence.adoptPrefix([...again.ids, 7])).toBe(4);
  await checkPages(pool, [own, found, again]);
  pool.dispose();
});
