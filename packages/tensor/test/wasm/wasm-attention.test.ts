import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWasmBackend } from "../../src/backends/wasm/index.ts";
import { attention, cast, narrow, Rng, tensor, type Backend, type Tensor } from "../../src/index.ts";

const PAGE = 8;
const PAGES = 11;
/** One sequence with a key in every slot but the last two. */
const LENGTH = PAGE * PAGES - 2;

describe.each(["relaxed", "plain"] as const)("wasm attention, %s", (simd) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createWasmBackend({ simd, threads: 1 });
  });
  afterAll(() => backend.dispose());

  const random = (seed: number, ...shape: number[]): Tensor => {
    const rng = new Rng(seed);
    const length = shape.reduce((a, b) => a * b, 1);
    return tensor(
      backend,
      Float32Array.from({ length }, () => 4 * rng.uniform() - 2),
      { shape },
    );
  };

  /** Bits of the first `heads` of all heads, which share one head of keys. */
  const bits = async (dtype: "f32" | "bf16" | "f16", D: number, heads: readonly [from: number, count: number]) => {
    const [q, keys, values] = [random(1, 1, 13, D), random(2, PAGES, 1, PAGE, D), random(3, PAGES, 1, PAGE, D)];
    const i32 = (numbers: readonly number[], ...shape: number[]): Tensor =>
      tensor(backend, numbers, { dtype: "i32", shape });
    const tables = i32(
      Array.from({ length: PAGES }, (_, page) => (page * 7) % PAGES),
      1,
      PAGES,
    );
    const options = { scale: 0.3, causal: true, tables, queryStarts: i32([0, 1], 2), lengths: i32([LENGTH], 1) };
    const out = attention(narrow(q, 1, ...heads), cast(keys, dtype), cast(values, dtype), options);
    return new Uint32Array((await out.data()).buffer.slice(0));
  };

  test.each(["f32", "bf16", "f16"] as const)(
    "a head gives the same bits whoever shares its tile, in %s",
    async (dtype) => {
      for (const D of [24, 6]) {
        const alone: number[] = [];
        for (let head = 0; head < 13; head++) alone.push(...(await bits(dtype, D, [head, 1])));
        for (const count of [2, 3, 4, 5, 6, 13])
          expect([...(await bits(dtype, D, [0, count]))]).toEqual(alone.slice(0, count * D));
      }
    },
  );
});
