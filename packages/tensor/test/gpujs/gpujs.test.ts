import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  add,
  argmax,
  ArgumentError,
  attention,
  BackendError,
  cast,
  concat,
  copy,
  createBackend,
  DisposedError,
  expand,
  full,
  gather,
  gatherQuant,
  linear,
  matmul,
  mul,
  narrow,
  QuantMatrix,
  quantMatmul,
  reshape,
  rmsNorm,
  Rng,
  scope,
  sliceUpdate,
  softmax,
  storesQuant,
  sum,
  tensor,
  transpose,
  zeros,
  type Backend,
  type DType,
  type Tensor,
} from "@helium-lm/tensor";
import { createGpuJsBackend, gpuJsModes, type GpuJsMode } from "@helium-lm/tensor/backends/gpujs";
import { createReferenceBackend } from "@helium-lm/tensor/backends/reference";
import { dequantize, quantFormats, quantize } from "@helium-lm/tensor/quant";

let backend: Backend;
beforeEach(async () => {
  backend = await createGpuJsBackend({ mode: "cpu" });
});
afterEach(() => backend.dispose());

const info = (key: string): unknown => backend.info()[key];

describe("modes", () => {
  test("the mode is the caller's choice: there is no default", async () => {
    for (const options of [undefined, {}, { mode: "gpu" as GpuJsMode }]) {
      const created = createBackend("gpujs", options);
      await expect(created).rejects.toBeInstanceOf(ArgumentError);
      await expect(created).rejects.toThrow(`expected one of ${gpuJsModes.join(", ")}`);
    }
  });

  test.each(["webgpu", "webgl2", "headlessgl"] as const)(
    "%s runs as asked for, or is an error with the mode and the mend; others keep working",
    async (mode) => {
      const created = await createBackend("gpujs", { mode }).catch((error: unknown) => error);
      if (created instanceof Error) {
        expect(created).toBeInstanceOf(BackendError);
        expect(created.message).toMatch(new RegExp(`^gpujs: mode ${mode} is unavailable: .*; .* another mode$`));
      } else {
        const other = created as Backend;
        expect(other.info()).toMatchObject({ mode });
        other.dispose();
      }
      expect(await add(tensor(backend, [1]), 1).toArray()).toEqual([2]);
    },
  );

  test("info says what runs", () => {
    expect(backend.info()).toMatchObject({ backend: "gpujs", mode: "cpu", integers: "host" });
  });
});

describe("storage", () => {
  test("memory counts what storages hold: floats and bools as f32, halves three in two floats, integers as they are", () => {
    const bytes = (dtype: DType): number => {
      const t = tensor(backend, [1, 2, 3, 4, 5, 6], { dtype });
      const { handles, bytes } = backend.memory();
      t.dispose();
      expect(handles).toBe(1);
      return bytes;
    };
    expect(bytes("f32")).toBe(24);
    expect([bytes("f16"), bytes("bf16")]).toEqual([16, 16]);
    expect([bytes("i32"), bytes("u8"), bytes("bool")]).toEqual([24, 6, 6]);
    expect(backend.memory()).toMatchObject({ handles: 0, bytes: 0, peakBytes: 24 });
    expect(info("deviceArrays")).toBe(0);
  });

  test("expanded halves take four bytes, and info says so", async () => {
    const expanded = await createGpuJsBackend({ mode: "cpu", packHalves: false });
    const t = tensor(expanded, [1, 2, 3], { dtype: "bf16" });
    expect(expanded.memory().bytes).toBe(12);
    expect([backend, expanded].map((one) => one.info()["halves"])).toEqual([
      "packed, three in two floats",
      "expanded to f32",
    ]);
    t.dispose();
    expanded.dispose();
  });

  test("constants and copies take no device memory", async () => {
    const c = full(backend, [1000], 7);
    const x = tensor(backend, [1, 2, 3]);
    const before = info("deviceArrays");
    const y = copy(x);
    const z = add(expand(reshape(narrow(c, 0, 0, 1), [1]), [3]), 1);
    expect(info("deviceArrays")).toBe((before as number) + 1);
    x.dispose();
    expect(await y.toArray()).toEqual([1, 2, 3]);
    expect(await z.toArray()).toEqual([8, 8, 8]);
  });

  test("integers are exact to 32 bits", async () => {
    const x = tensor(backend, [2 ** 31 - 1, 2 ** 24 + 1, -(2 ** 31)], { dtype: "i32" });
    expect(await add(x, 1).toArray()).toEqual([-(2 ** 31), 2 ** 24 + 2, -(2 ** 31) + 1]);
    expect(await mul(x, 3).toArray()).toEqual([2 ** 31 - 3, 3 * 2 ** 24 + 3, -(2 ** 31)]);
    expect(await cast(x, "f32").toArray()).toEqual([2 ** 31, 2 ** 24, -(2 ** 31)]);
  });

  test("ops on integers that the host knows do not touch the device", () => {
    const runs = info("kernelRuns");
    const positions = add(tensor(backend, [0, 1, 2], { dtype: "i32" }), 5);
    const visible = cast(positions, "bool");
    expect(visible.dtype).toBe("bool");
    expect(info("kernelRuns")).toBe(runs);
  });

  test("a slice update is seen by every view, also of a shared copy's origin", async () => {
    const pool = zeros(backend, [2, 3]);
    const flat = reshape(pool, [6]);
    const before = copy(pool);
    sliceUpdate(transpose(pool), tensor(backend, [[7], [8]]), [1, 1]);
    expect(await flat.toArray()).toEqual([0, 0, 0, 0, 7, 8]);
    expect(await before.toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  test("readSync gives what read gives", async () => {
    const x = add(tensor(backend, [1, 2]), 1);
    expect(backend.readSync?.(x.handle)).toEqual(await backend.read(x.handle));
  });

  test("a format that kernels do not read and a disposed backend are refused", () => {
    expect(storesQuant(backend, "q4_K")).toBe(false);
    expect(() => backend.alloc({ kind: "quant", format: "q4_K", rows: 1, columns: 256 })).toThrow(
      "gpujs: stores no q4_K matrices; load them as q8_0, q4_0 or floats",
    );
    backend.dispose();
    expect(() => zeros(backend, [1])).toThrow(DisposedError);
  });
});

describe.each(["q8_0", "q4_0"] as const)("%s matrices", (format) => {
  const { blockBytes } = quantFormats[format];
  // Any bytes are blocks; scales are kept finite by clearing the top exponent bit of every byte.
  const blocks = (rows: number): Uint8Array => {
    const rng = new Rng(7);
    return Uint8Array.from({ length: rows * 3 * blockBytes }, () => rng.bits() & 0xbf);
  };

  test("keep their bytes, in floats that hold three of them", async () => {
    const matrix = QuantMatrix.fromBlocks(backend, format, [5, 96], blocks(5));
    expect(await matrix.blocks()).toEqual(blocks(5));
    expect(backend.memory()).toMatchObject({ handles: 1, bytes: 5 * 3 * 4 * Math.ceil(blockBytes / 3) });
    matrix.dispose();
    expect(backend.memory()).toMatchObject({ handles: 0, bytes: 0 });
    expect(info("deviceArrays")).toBe(0);
  });

  test("give their rows exactly, also of a part and in shards", async () => {
    const shards = [60, 100].map((maxShardElements) => createGpuJsBackend({ mode: "cpu", maxShardElements }));
    const sharded = await Promise.all(shards);
    for (const one of [backend, ...sharded]) {
      const all = QuantMatrix.fromBlocks(one, format, [5, 96], blocks(5));
      const part = all.narrowRows(1, 4);
      const rows = gatherQuant(part, tensor(one, [3, 0], { dtype: "i32" }));
      const values = dequantize(format, blocks(5));
      expect(await rows.data()).toEqual(
        Float32Array.from([...values.subarray(4 * 96), ...values.subarray(96, 2 * 96)]),
      );
      expect(() => gatherQuant(part, tensor(one, [4], { dtype: "i32" }))).toThrow("gatherQuant: index 4 at position 0");
    }
    for (const one of sharded) one.dispose();
  });

  test("multiply as the definition does", async () => {
    const weights = quantize(
      format,
      Float32Array.from({ length: 7 * 96 }, (_, i) => Math.sin(i)),
      96,
    );
    const results = await Promise.all(
      [createReferenceBackend(), backend].map(async (one) => {
        const w = QuantMatrix.fromBlocks(one, format, [7, 96], weights);
        const x = tensor(
          one,
          Float32Array.from({ length: 4 * 96 }, (_, i) => Math.cos(3 * i)),
          { shape: [96, 4] },
        );
        const bias = tensor(one, [1, 2, 3, 4, 5, 6, 7], { dtype: "bf16" });
        return (await quantMatmul(transpose(x), w, bias).data()) as Float32Array;
      }),
    );
    const [want, got] = results as [Float32Array, Float32Array];
    got.forEach((value, i) => expect(value).toBeCloseTo(want[i], 4));
  });

  test("a product without columns is the bias", async () => {
    const w = QuantMatrix.fromBlocks(backend, format, [2, 0], new Uint8Array(0));
    const y = quantMatmul(zeros(backend, [1, 0]), w, tensor(backend, [3, 4]));
    expect(await y.toArray()).toEqual([[3, 4]]);
  });
});

test("weights take what their packing says, in one array on the device", async () => {
  const [rows, columns] = [48, 64];
  const values = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i));
  const bytesPerWeight = (hold: (one: Backend) => { dispose(): void }, one = backend): number => {
    const held = hold(one);
    const { bytes } = one.memory();
    expect(one.info()["deviceArrays"]).toBe(1);
    held.dispose();
    return bytes / (rows * columns);
  };
  const dense = (dtype: DType) => (one: Backend) => tensor(one, values, { shape: [rows, columns], dtype });
  const blocks = (format: "q8_0" | "q4_0") => (one: Backend) =>
    QuantMatrix.fromBlocks(one, format, [rows, columns], quantize(format, values, columns));
  const expanded = await createGpuJsBackend({ mode: "cpu", packHalves: false });
  expect({
    f32: bytesPerWeight(dense("f32")),
    f16: bytesPerWeight(dense("f16")),
    bf16: bytesPerWeight(dense("bf16")),
    q8_0: bytesPerWeight(blocks("q8_0")),
    q4_0: bytesPerWeight(blocks("q4_0")),
    "bf16 expanded": bytesPerWeight(dense("bf16"), expanded),
    // Packed either way: only the 16-bit floats have a switch.
    "q8_0 expanded": bytesPerWeight(blocks("q8_0"), expanded),
  }).toEqual({
    f32: 4,
    f16: 8 / 3,
    bf16: 8 / 3,
    q8_0: 1.5,
    q4_0: 0.75,
    "bf16 expanded": 4,
    "q8_0 expanded": 1.5,
  });
  expect(info("quantised")).toBe("q8_0 and q4_0 packed, three bytes in a float; others are loaded as floats");
  expanded.dispose();
});

describe("shards", () => {
  /** The same computation on the definition and on arrays of at most 24 elements. */
  async function agree(
    run: (backend: Backend, make: (shape: number[], dtype?: DType) => Tensor) => Tensor,
  ): Promise<void> {
    const sharded = await createGpuJsBackend({ mode: "cpu", maxShardElements: 24 });
    const [want, got] = await Promise.all(
      [createReferenceBackend(), sharded].map(async (one) => {
        let at = 0;
        const values = (n: number): Float32Array => new Float32Array(n).map(() => ((at++ * 37) % 19) - 9);
        const make = (shape: number[], dtype: DType = "f32"): Tensor =>
          tensor(one, values(shape.reduce((a, b) => a * b, 1)), { shape, dtype });
        const out = scope(() => run(one, make));
        return [out.shape, Array.from(await out.data())] as const;
      }),
    );
    expect(got[0]).toEqual(want[0]);
    got[1].forEach((value, i) => expect(value).toBeCloseTo(want[1][i], 4));
    expect(sharded.info()["maxArrayElements"]).toBe(24);
    sharded.dispose();
  }

  test.each<[string, Parameters<typeof agree>[0]]>([
    ["add, transposed", (_, make) => add(transpose(make([8, 9])), make([9, 8]))],
    ["matmul", (_, make) => matmul(make([9, 10]), make([10, 9]))],
    ["linear with bf16 weights", (_, make) => linear(make([4, 9]), make([9, 9], "bf16"), make([9]))],
    ["gather", (one, make) => gather(make([24, 4]), tensor(one, [23, 0, 7], { dtype: "i32" }))],
    ["concat", (_, make) => concat([make([5, 8]), make([6, 8])], 0)],
    ["sum", (_, make) => sum(make([4, 20]), 1)],
    ["argmax of long rows", (_, make) => argmax(make([1, 96]), 1)],
    ["softmax", (_, make) => softmax(make([9, 9]))],
    ["rmsNorm", (_, make) => rmsNorm(make([9, 9]), make([9]), { eps: 1e-6 })],
    ["attention", (_, make) => attention(make([1, 2, 3, 8]), make([1, 1, 8, 8]), make([1, 1, 8, 8]), { scale: 0.1 })],
    ["cast to f16 and back", (_, make) => cast(cast(make([90]), "f16"), "f32")],
  ])("%s", (_, run) => agree(run));

  test("what four arrays cannot hold is an error with mode, limit and mend", async () => {
    const small = await createGpuJsBackend({ mode: "cpu", maxShardElements: 24 });
    expect(() => zeros(small, [97])).toThrow(
      "gpujs: 97 elements of f32 exceed mode cpu's limit of 96 (4 arrays of 24 floats); split the tensor or use another backend",
    );
    expect(small.memory()).toMatchObject({ handles: 0, bytes: 0 });
    expect(small.capabilities.maxStorageBytes).toBe(96 * 4);
    await expect(createGpuJsBackend({ mode: "cpu", maxShardElements: 0 })).rejects.toThrow(ArgumentError);
    small.dispose();
  });
});
