import fc from "fast-check";
import { expect, test } from "vitest";
import { createBackend, scope, tensor } from "@helium-lm/tensor";
import { CacheError } from "../errors.ts";
import { KvSequence } from "./kv-sequence.ts";
import { kvDTypes } from "./kv-store.ts";
import { pageBytes, readPages, writePages } from "./page-content.ts";
import { PagePool } from "./page-pool.ts";

const shape = { layers: 2, kvHeads: 2, headDim: 4, pageSize: 2 };
const perPage = { f32: 4, f16: 2, bf16: 2, q8_0: 2 } as const;

test.each(["reference", "cpu", "wasm"].flatMap((backend) => kvDTypes.map((dtype) => [backend, dtype] as const)))(
  "on %s pages of %s are read, and written into other pages of another pool, to the last bit",
  async (name, dtype) => {
    const backend = await createBackend(name);
    const pools = [0, 1].map(() => new PagePool(backend, { ...shape, dtype }));
    const [from, to] = pools as [PagePool, PagePool];
    const sequence = new KvSequence(from);
    sequence.append(10);
    const slots = Array.from({ length: 10 }, (_, i) => sequence.slot(i));
    scope(() => {
      const values = Array.from({ length: 10 * 8 }, (_, i) => Math.sin(i * i + 1) * 3);
      const rows = tensor(backend, values, { shape: [10, 2, 4] });
      const places = tensor(backend, slots, { dtype: "i32" });
      for (const [l, layer] of from.layers.entries())
        layer.write(l === 0 ? rows : tensor(backend, values.toReversed(), { shape: [10, 2, 4] }), rows, places);
    });
    const pages = [...sequence.pages].reverse();
    const content = await readPages(from, pages);
    expect(content.length).toBe(pages.length * pageBytes(from));
    if (dtype !== "q8_0") expect(pageBytes(from)).toBe(2 * 2 * (2 * 2 * 4) * perPage[dtype]);
    to.reserve(7);
    const taken = Array.from({ length: 7 }, () => to.take()).filter((_, i) => i !== 2 && i !== 5);
    writePages(to, taken, content);
    expect(await readPages(to, taken)).toEqual(content);
    // In another order, each page has what is its own.
    const [first = -1, second = -1] = taken;
    const turned = await readPages(to, [second, first]);
    expect(turned).toEqual(await readPages(from, [pages[1] ?? -1, pages[0] ?? -1]));
    expect(turned).not.toEqual(await readPages(to, [first, second]));
    // The first ones alone.
    const few = taken.slice(0, 3).reverse();
    writePages(to, few, content, pages.length);
    expect(await readPages(to, few)).toEqual(await readPages(from, pages.slice(0, 3)));
    expect(() => writePages(to, taken, content.subarray(1))).toThrow(CacheError);
    for (const pool of pools) pool.dispose();
    expect(backend.memory().handles).toBe(0);
  },
);

test("pages are listed by their last use, each behind its parent, and known again while they are kept", async () => {
  const backend = await createBackend("cpu");
  const text = fc.array(fc.nat(2), { minLength: 2, maxLength: 8 });
  const salt = fc.constantFrom("", "a");
  fc.assert(
    fc.property(fc.array(fc.record({ text, salt, isHeld: fc.boolean() }), { maxLength: 8 }), (texts) => {
      using pool = new PagePool(backend, { ...shape, maxTokens: 2 * 12 });
      const held: KvSequence[] = [];
      for (const { text, salt, isHeld } of texts) {
        const sequence = new KvSequence(pool);
        sequence.adoptPrefix(text, salt, 0);
        if (sequence.missingPages(text.length - sequence.length) > pool.available) {
          sequence.reset();
          continue;
        }
        sequence.append(text.length - sequence.length);
        sequence.publish(text, salt);
        if (isHeld) held.push(sequence);
        else sequence.reset();
      }
      const listed = pool.keptPages();
      expect(listed.filter(({ page }) => pool.holders(page) === 0)).toHaveLength(pool.cached);
      for (const [i, { parent, salt }] of listed.entries()) {
        if (!parent) continue;
        expect(listed.slice(0, i)).toContain(parent);
        expect(parent.salt).toBe(salt);
      }
      const resting = listed.filter(({ page }) => pool.holders(page) === 0);
      while (pool.cached > 0) {
        pool.reserve(pool.maxPages - pool.held - pool.cached + 1);
        expect(resting.filter((page) => pool.keeps(page))).toHaveLength(pool.cached);
        const gone = resting.pop();
        expect(gone && pool.keeps(gone)).toBe(false);
        if (pool.available > 0) held.push(heldPage(pool));
      }
      for (const sequence of held) sequence.reset();
    }),
    { seed: 16, numRuns: 100 },
  );
});

/** A sequence of one page. */
function heldPage(pool: PagePool): KvSequence {
  const sequence = new KvSequence(pool);
  sequence.append(1);
  return sequence;
}
