import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Arena } from "../../src/backends/wasm/memory/arena.ts";
import { detectFeatures } from "../../src/backends/wasm/features.ts";
import { FreeList } from "../../src/backends/wasm/memory/free-list.ts";
import { createWasmBackend } from "../../src/backends/wasm/index.ts";
import { planMove } from "../../src/backends/wasm/move-plan.ts";
import {
  add,
  ArgumentError,
  BackendError,
  createBackend,
  DisposedError,
  matmul,
  Rng,
  sliceUpdate,
  tensor,
  Tensor,
} from "../../src/index.ts";

describe("creation", () => {
  test("is known by name and reports what runs", async () => {
    const backend = await createBackend("wasm", { threads: 1 });
    expect(backend.info()).toMatchObject({ backend: "wasm", threads: 1, sharedMemory: false });
    backend.dispose();
  });

  test("every engine these tests run on has relaxed SIMD", async () => {
    expect(await detectFeatures()).toEqual({ simd: true, relaxedSimd: true, sharedMemory: true });
  });

  test.each([
    [{ threads: 0 }, "threads is 0"],
    [{ threads: 1.5 }, "threads is 1.5"],
    [{ simd: "avx" as "plain" }, 'simd is "avx"'],
    [{ maxMemoryBytes: 2 ** 33 }, "maxMemoryBytes"],
  ])("%o is an ArgumentError", async (options, message) => {
    const creating = createWasmBackend(options);
    await expect(creating).rejects.toThrow(ArgumentError);
    await expect(creating).rejects.toThrow(message);
  });
});

describe("memory", () => {
  test("counts what is alive, and grows under views that were made before", async () => {
    for (const threads of [1, 2]) {
      const backend = await createWasmBackend({ threads });
      using small = tensor(backend, [1, 2, 3]);
      const before = Number(backend.info().memoryBytes);
      using big = Tensor.empty(backend, [20_000_000], "f32");
      expect(backend.memory()).toMatchObject({ handles: 2, bytes: 80_000_012 });
      expect(Number(backend.info().memoryBytes)).toBeGreaterThan(before);
      using twice = add(small, small);
      expect([...(await twice.data())]).toEqual([2, 4, 6]);
      big.dispose();
      expect(backend.memory()).toMatchObject({ handles: 2, peakBytes: 80_000_024 });
      backend.dispose();
    }
  });

  test("out of memory is a BackendError and takes nothing", async () => {
    const backend = await createWasmBackend({ threads: 1, maxMemoryBytes: 64 * 2 ** 20 });
    expect(() => Tensor.empty(backend, [2 ** 25], "f32")).toThrow(BackendError);
    expect(() => Tensor.empty(backend, [2 ** 25], "f32")).toThrow(/out of memory.*dispose tensors/);
    expect(backend.memory()).toMatchObject({ handles: 0, bytes: 0 });
    using x = tensor(backend, [1]);
    expect(await x.item()).toBe(1);
    backend.dispose();
  });

  test("use after dispose is a DisposedError", async () => {
    const backend = await createWasmBackend({ threads: 1 });
    backend.dispose();
    backend.dispose();
    expect(() => Tensor.empty(backend, [1], "f32")).toThrow(DisposedError);
  });

  test("is let go of by dispose, however long the backend and its tensors are held", async () => {
    for (const threads of [1, 2]) {
      const backend = await createWasmBackend({ threads });
      const [x, y] = [tensor(backend, [1, 2, 3]), tensor(backend, [4, 5, 6])];
      backend.dispose();
      expect(backend.info()).toMatchObject({ memoryBytes: 0 });
      expect(() => sliceUpdate(x, y, [0])).toThrow(DisposedError);
      await expect(x.data()).rejects.toThrow(DisposedError);
      x.dispose();
      y.dispose();
    }
  });

  test("the free list never hands out a byte twice and loses none", () => {
    const rng = new Rng(5);
    const size = 64 * 4096;
    const list = new FreeList();
    list.add(64, size);
    const live: { start: number; size: number }[] = [];
    for (let step = 0; step < 1500; step++) {
      if (rng.uniform() < 0.55) {
        const wanted = 64 * (1 + Math.floor(rng.uniform() * 60));
        const start = list.take(wanted);
        if (start === null) continue;
        expect(start % 64).toBe(0);
        expect(start).toBeGreaterThanOrEqual(64);
        expect(start + wanted).toBeLessThanOrEqual(64 + size);
        for (const other of live) expect(start + wanted <= other.start || other.start + other.size <= start).toBe(true);
        live.push({ start, size: wanted });
      } else {
        const [block] = live.splice(Math.floor(rng.uniform() * live.length), 1);
        if (block) list.release(block.start, block.size);
      }
    }
    for (const block of live) list.release(block.start, block.size);
    expect(list.take(size)).toBe(64);
  });

  test("addresses beyond 2 GiB are plain numbers", () => {
    const arena = new Arena({ shared: false, maxBytes: 2 ** 32 });
    const first = arena.alloc(2 ** 31);
    const second = arena.alloc(64);
    expect(second).toBeGreaterThanOrEqual(first + 2 ** 31);
    arena.u8[second] = 7;
    expect(new Uint8Array(arena.memory.buffer, second, 1)[0]).toBe(7);
  });
});

test("a copy of six axes that do not merge is cut into calls of four", () => {
  const shape = [2, 3, 2, 2, 3, 2];
  const strides = [1, 2, 6, 12, 24, 72];
  const plans = planMove({ shape, strides, offset: 0 }, null);
  const seen = new Set<number>();
  for (const { outer, inner, xSteps, outSteps, xOffset, outOffset } of plans) {
    for (let a = 0; a < outer[0]; a++)
      for (let b = 0; b < outer[1]; b++)
        for (let c = 0; c < outer[2]; c++)
          for (let d = 0; d < inner; d++) {
            const index = [a, b, c, d];
            const at = (steps: readonly number[]): number => index.reduce((sum, i, axis) => sum + i * steps[axis], 0);
            const out = outOffset + at(outSteps);
            const expected = shape.reduceRight(
              ({ rest, sum }, n, axis) => ({ rest: Math.floor(rest / n), sum: sum + (rest % n) * strides[axis] }),
              { rest: out, sum: 0 },
            ).sum;
            expect(xOffset + at(xSteps)).toBe(expected);
            seen.add(out);
          }
  }
  expect(seen.size).toBe(144);
});

describe("workers", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test("one that dies turns the next op into a BackendError with the mend", async () => {
    const posted = vi.spyOn(Worker.prototype, "postMessage");
    const backend = await createWasmBackend({ threads: 3 });
    const workers = posted.mock.contexts as Worker[];
    expect(workers).toHaveLength(2);
    using x = tensor(backend, new Float32Array(300 * 300).fill(1), { shape: [300, 300] });
    await workers[1].terminate();
    expect(() => matmul(x, x)).toThrow(BackendError);
    expect(() => matmul(x, x)).toThrow(/worker died.*threads: 1/);
    backend.dispose();
  });

  test("that were stopped for long, their process with them, are not taken for dead", async () => {
    const backend = await createWasmBackend({ threads: 3 });
    using x = tensor(backend, new Float32Array(400 * 400).fill(1), { shape: [400, 400] });
    const clock = performance.now.bind(performance);
    let stoppedMs = 0;
    vi.spyOn(performance, "now").mockImplementation(() => clock() + (stoppedMs += 3_600_000));
    for (let n = 0; n < 50; n++) {
      using product = matmul(x, x);
      expect(product.shape).toEqual([400, 400]);
    }
    vi.restoreAllMocks();
    backend.dispose();
  });

  test("dispose ends them", async () => {
    const terminated = vi.spyOn(Worker.prototype, "terminate");
    const backend = await createWasmBackend({ threads: 3 });
    backend.dispose();
    expect(new Set(terminated.mock.contexts).size).toBe(2);
  });
});
