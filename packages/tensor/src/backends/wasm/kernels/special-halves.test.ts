import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  attention,
  cast,
  copy,
  full,
  narrow,
  scatterRows,
  scope,
  sliceUpdate,
  tensor,
  Tensor,
  zeros,
  type RaggedAttentionOptions,
  type Backend,
} from "@helium-lm/tensor";
import { createWasmBackend } from "../index.ts";
import { wasmStorage } from "../memory/storage.ts";

const [PAGES, P] = [3, 8];

/** Whether the halves of a tensor are known to be finite. */
function isKnown({ handle }: Tensor): boolean {
  const { arena, mark } = wasmStorage(handle);
  return mark !== 0 && arena.i32[mark / 4] === 0;
}

/** Bits, so that NaN and −0 are told apart as they are. */
const bits = async (t: Tensor): Promise<readonly number[]> => [
  ...new Uint32Array(Float32Array.from(await t.data()).buffer),
];

describe.each(["relaxed", "plain"] as const)("halves of a pool, %s", (build) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createWasmBackend({ threads: 2, simd: build });
  });
  afterAll(() => {
    backend.dispose();
  });

  /** A pool into whose first slots rows `[N, K, D]` of numbers were written. */
  const poolOf = (rows: Tensor): Tensor => {
    const [N, K, D] = rows.shape as [number, number, number];
    const pool = zeros(backend, [PAGES, K, P, D], "f16");
    const slots = Array.from({ length: N }, (_, i) => i);
    scope(() => {
      scatterRows(pool, rows, tensor(backend, slots, { dtype: "i32" }));
    });
    return pool;
  };

  test("numbers far apart: the same bits whether they are known to be finite or not", async () => {
    // f16 from its smallest to its largest, and queries up to the least that is not multiplied by 2¹¹².
    const magnitude = fc.double({ min: -26, max: 15.9, noNaN: true });
    const element = fc.tuple(magnitude, fc.constantFrom(1, -1, 0)).map(([power, sign]) => sign * 2 ** power);
    const query = fc
      .tuple(fc.double({ min: -140, max: 20, noNaN: true }), fc.constantFrom(1, -1))
      .map(([power, sign]) => sign * 2 ** power);
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          D: fc.constantFrom(1, 4, 7, 32, 36, 64),
          T: fc.integer({ min: 1, max: 9 }),
          group: fc.integer({ min: 1, max: 7 }),
          keys: fc.array(element, { minLength: 30, maxLength: 90 }),
          queries: fc.array(query, { minLength: 30, maxLength: 90 }),
          scale: fc.constantFrom(1, 1e-3, 1e-6),
          window: fc.constantFrom(null, 5),
          hidden: fc.boolean(),
        }),
        async ({ D, T, group, keys, queries, scale, window, hidden }) => {
          const [K, N] = [2, 19];
          const pick = (from: readonly number[], count: number): number[] =>
            Array.from({ length: count }, (_, i) => from[(i * 7 + (i >> 5)) % from.length] ?? 0);
          const made = scope((s) => {
            const pool = poolOf(tensor(backend, pick(keys, N * K * D), { shape: [N, K, D] }));
            const q = tensor(backend, pick(queries, T * K * group * D), { shape: [T, K * group, D] });
            const visible = Array.from({ length: T * N }, (_, i) => (i % 3 ? 1 : 0));
            const options: RaggedAttentionOptions = {
              ...{ scale, window, causal: true },
              ...(hidden && { mask: tensor(backend, visible, { shape: [T, 1, N], dtype: "bool" }) }),
              tables: tensor(backend, [[0, 1, 2]], { dtype: "i32" }),
              queryStarts: tensor(backend, [0, T], { dtype: "i32" }),
              lengths: tensor(backend, [N], { dtype: "i32" }),
            };
            const same = copy(pool);
            expect([isKnown(pool), isKnown(same)]).toEqual([true, false]);
            const wide = cast(pool, "f32");
            return [pool, same, wide].map((one) => s.keep(attention(q, one, one, options)));
          });
          const [known, unknown, wide] = await Promise.all(made.map(bits));
          for (const t of made) t.dispose();
          expect(unknown).toEqual(wide);
          expect(known).toEqual(wide);
        },
      ),
      { seed: 20261129, numRuns: 40 },
    );
  });

  test.each([Infinity, -Infinity, NaN, 65_520])("%d in a pool is found, however it comes there", async (special) => {
    const rows = (value: number): Tensor =>
      tensor(backend, [[[1, 2, 3, 4, 5]], [[-1, 2, value, 1, 0]], [[0, 1, 0, 1, 0]]]);
    const attend = (pool: Tensor): Tensor => {
      const i32 = (values: readonly number[] | readonly number[][]): Tensor =>
        tensor(backend, values, { dtype: "i32" });
      const q = tensor(backend, [[[1, 1, 1, 1, 1]]]);
      return attention(q, pool, pool, { scale: 1, tables: i32([[0]]), queryStarts: i32([0, 1]), lengths: i32([3]) });
    };
    const expected = scope((s) => s.keep(attend(cast(poolOf(rows(special)), "f32"))));
    const ways: Readonly<Record<string, () => Tensor>> = {
      rounded: () => poolOf(rows(special)),
      "as halves": () => poolOf(cast(rows(special), "f16")),
      "by sliceUpdate": () => {
        const pool = poolOf(rows(1));
        const part = copy(narrow(poolOf(rows(special)), 0, 0, 1));
        sliceUpdate(pool, part, [0, 0, 0, 0]);
        return pool;
      },
      "by sliceUpdate, strided": () => {
        const pool = poolOf(rows(1));
        sliceUpdate(pool, narrow(narrow(poolOf(rows(special)), 0, 0, 1), 2, 0, 3), [0, 0, 0, 0]);
        return pool;
      },
      "by sliceUpdate of f32": () => {
        const pool = poolOf(rows(1));
        const { shape } = narrow(pool, 0, 0, 1);
        sliceUpdate(pool, full(backend, shape, 1), [0, 0, 0, 0]);
        sliceUpdate(pool, narrow(cast(poolOf(rows(special)), "f32"), 0, 0, 1), [0, 0, 0, 0]);
        return pool;
      },
      "as bytes": () => {
        const pool = poolOf(rows(1));
        const from = poolOf(rows(special));
        backend.write(pool.handle, backend.readSync?.(from.handle) ?? new Uint8Array());
        return pool;
      },
    };
    for (const [way, make] of Object.entries(ways)) {
      const got = scope((s) => {
        const pool = make();
        expect(isKnown(pool), way).toBe(false);
        return s.keep(attend(pool));
      });
      expect(await got.toArray(), way).toEqual(await expected.toArray());
      got.dispose();
    }
    expected.dispose();
  });

  test("what is filled with one number and written with finite ones stays known; anything else is not", () => {
    scope(() => {
      const rows = full(backend, [3, 1, 5], 65_504);
      const pool = poolOf(rows);
      expect(isKnown(pool)).toBe(true);
      sliceUpdate(pool, copy(narrow(pool, 0, 0, 1)), [2, 0, 0, 0]);
      expect(isKnown(pool)).toBe(true);
      const bytes = (value: number): Uint8Array => new Uint8Array(Uint16Array.of(value, value).buffer);
      const written = Tensor.empty(backend, [4], "f16");
      backend.write(written.handle, bytes(0x3c00));
      expect(isKnown(written)).toBe(false);
      backend.write(written.handle, Uint8Array.of(...bytes(0x3c00), ...bytes(0x7bff)));
      expect(isKnown(written)).toBe(true);
      backend.write(written.handle, bytes(0xfc00));
      expect(isKnown(written)).toBe(false);
      expect(isKnown(full(backend, [4], 1e6, "f16"))).toBe(false);
      expect(isKnown(full(backend, [4], NaN, "f16"))).toBe(false);
      expect(isKnown(cast(rows, "f16"))).toBe(false);
      expect(isKnown(Tensor.empty(backend, [4], "f16"))).toBe(false);
    });
    expect(backend.memory().handles).toBe(0);
  });
});
