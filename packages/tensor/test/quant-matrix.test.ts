import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  ArgumentError,
  BackendError,
  cast,
  configureDispatch,
  createBackend,
  dequantizeMatrix,
  DisposedError,
  DTypeError,
  gatherQuant,
  linear,
  narrow,
  QuantMatrix,
  quantMatmul,
  Rng,
  scope,
  ShapeError,
  storesQuant,
  tensor,
  transpose,
  zeros,
  type Backend,
  type Tensor,
  type TraceEvent,
} from "@helium-lm/tensor";
import {
  dequantize,
  QuantError,
  quantFormatNames,
  quantFormats,
  quantize,
  quantizersOf,
} from "@helium-lm/tensor/quant";
import { anyFormat, takingEveryDType } from "../src/backends/host/accepts.ts";
import { HostBackend } from "../src/backends/host/host-backend.ts";
import { coreKernels } from "../src/backends/reference/core.ts";
import { quantKernels } from "../src/backends/reference/quant.ts";
import { kernelEntry } from "../src/contract/kernel-table.ts";

const writable = quantFormatNames.filter((name) => quantizersOf(name).search ?? quantizersOf(name).reference);
const seeded = { seed: 12, numRuns: 30, endOnFailure: true };

const normals = (length: number, seed: number): Float32Array => {
  const rng = new Rng(seed);
  return Float32Array.from({ length }, () => rng.normal());
};

describe.each(["reference", "cpu"])("%s", (name) => {
  let backend: Backend;
  beforeEach(async () => {
    backend = await createBackend(name);
  });
  afterEach(() => {
    backend.dispose();
  });

  const matrix = (format: (typeof writable)[number], rows: number, columns: number, seed = 1): QuantMatrix =>
    QuantMatrix.fromBlocks(
      backend,
      format,
      [rows, columns],
      quantize(format, normals(rows * columns, seed), columns, {
        method: quantizersOf(format).reference ? "reference" : "search",
      }),
    );

  test.each(quantFormatNames)("%s: keeps its blocks and looks rows up exactly", async (format) => {
    const { blockSize, blockBytes } = quantFormats[format];
    const rng = new Rng(7);
    // Any bytes are blocks; scales are kept finite by clearing the top exponent bit of every byte.
    const bytes = Uint8Array.from({ length: 5 * 2 * blockBytes }, () => rng.bits() & 0xbf);
    const columns = 2 * blockSize;
    using table = QuantMatrix.fromBlocks(backend, format, [5, columns], bytes);
    expect(storesQuant(backend, format)).toBe(true);
    expect(await table.blocks()).toEqual(bytes);
    const values = dequantize(format, bytes);
    expect(await table.data()).toEqual(values);
    using indices = tensor(
      backend,
      [
        [4, 0],
        [4, 2],
        [1, 3],
      ],
      { dtype: "i32" },
    );
    using rows = gatherQuant(table, indices);
    expect(rows.shape).toEqual([3, 2, columns]);
    const expected = [4, 0, 4, 2, 1, 3].flatMap((row) => [...values.subarray(row * columns, (row + 1) * columns)]);
    expect(await rows.data()).toEqual(Float32Array.from(expected));
    using half = gatherQuant(table, indices, { dtype: "bf16" });
    using rounded = cast(rows, "bf16");
    expect(await half.stored()).toEqual(await rounded.stored());
    using whole = dequantizeMatrix(table);
    expect(await whole.data()).toEqual(values);
  });

  test("quantMatmul is linear on the dequantised matrix, bit for bit", async () => {
    const arbitrary = fc.record({
      format: fc.constantFrom(...writable),
      M: fc.constantFrom(0, 1, 2, 3, 4, 5, 8, 9),
      N: fc.constantFrom(0, 1, 5, 6, 47, 48, 50, 97),
      blocks: fc.integer({ min: 1, max: 2 }),
      bias: fc.constantFrom("none", "f32", "bf16"),
      view: fc.constantFrom("plain", "narrow", "transposed"),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ format, M, N, blocks, bias, view, seed }) => {
        const K = blocks * quantFormats[format].blockSize;
        const [quantised, dense] = scope(() => {
          const weight = matrix(format, N, K, seed);
          const x =
            view === "plain"
              ? tensor(backend, normals(M * K, seed + 1), { shape: [M, K] })
              : view === "narrow"
                ? narrow(tensor(backend, normals(M * (K + 3), seed + 1), { shape: [M, K + 3] }), 1, 2, K)
                : transpose(tensor(backend, normals(M * K, seed + 1), { shape: [K, M] }));
          const shift = bias === "none" ? undefined : tensor(backend, normals(N, seed + 2), { dtype: bias as "f32" });
          return [quantMatmul(x, weight, shift), linear(x, dequantizeMatrix(weight), shift)];
        });
        expect(quantised.shape).toEqual([M, N]);
        expect(await quantised.data()).toEqual(await dense.data());
        quantised.dispose();
        dense.dispose();
        expect(backend.memory().handles).toBe(0);
      }),
      seeded,
    );
  });

  test("a row is the same alone and among others, with leading axes kept", async () => {
    using weight = matrix("q4_0", 50, 64);
    using x = tensor(backend, normals(2 * 3 * 64, 4), { shape: [2, 3, 64] });
    using together = quantMatmul(x, weight);
    expect(together.shape).toEqual([2, 3, 50]);
    const all = await together.data();
    for (let row = 0; row < 6; row++) {
      using alone = tensor(backend, (await x.data()).slice(row * 64, (row + 1) * 64));
      using y = quantMatmul(alone, weight);
      expect(y.shape).toEqual([50]);
      expect(await y.data()).toEqual(all.slice(row * 50, (row + 1) * 50));
    }
  });

  test("bf16 activations go through the composition", async () => {
    using weight = matrix("q8_0", 6, 32);
    using x = tensor(backend, normals(64, 3), { shape: [2, 32], dtype: "bf16" });
    const events: TraceEvent[] = [];
    configureDispatch(backend, { onOp: (event) => events.push(event) });
    using y = quantMatmul(x, weight);
    expect(events.find(({ op }) => op === "quantMatmul")).toMatchObject({ path: "composed" });
    configureDispatch(backend, {});
    using z = scope(() => linear(x, dequantizeMatrix(weight)));
    expect(y.dtype).toBe("bf16");
    expect(await y.stored()).toEqual(await z.stored());
  });

  test("storage is shared and goes with its last reference", async () => {
    const first = matrix("q4_K", 3, 256);
    const second = first.share();
    expect(backend.memory()).toMatchObject({ handles: 1, bytes: 3 * 144 });
    first.dispose();
    first.dispose();
    expect(await second.blocks()).toHaveLength(3 * 144);
    expect(() => first.share()).toThrow(/q4_K\[3, 256\] was disposed/);
    expect(() => first.handle).toThrow(DisposedError);
    second.dispose();
    expect(backend.memory()).toMatchObject({ handles: 0, bytes: 0 });
    scope(() => {
      matrix("q8_0", 1, 32);
    });
    expect(backend.memory().handles).toBe(0);
    const kept = scope(() => ({ m: matrix("q8_0", 1, 32) }));
    expect(String(kept.m)).toBe(`QuantMatrix(q8_0[1, 32] on ${name})`);
    kept.m.dispose();
    expect(backend.memory().handles).toBe(0);
  });

  test("rows of a matrix are a matrix", async () => {
    using all = matrix("q5_1", 60, 64);
    using part = scope(() => all.narrowRows(3, 57).narrowRows(2, 50));
    expect(part.shape).toEqual([50, 64]);
    expect(await part.blocks()).toEqual((await all.blocks()).slice(5 * 48, 55 * 48));
    using x = tensor(backend, normals(5 * 64, 9), { shape: [5, 64] });
    using y = quantMatmul(x, part);
    using z = scope(() => narrow(quantMatmul(x, all), 1, 5, 50));
    expect(await y.data()).toEqual(await z.data());
    using indices = tensor(backend, [0, 49], { dtype: "i32" });
    using rows = gatherQuant(part, indices);
    using there = tensor(backend, [5, 54], { dtype: "i32" });
    using expected = gatherQuant(all, there);
    expect(await rows.data()).toEqual(await expected.data());
    for (const [start, length] of [
      [-1, 2],
      [0, 61],
      [60, 1],
      [0.5, 1],
      [1, -1],
    ] as const)
      expect(() => all.narrowRows(start, length)).toThrow(ShapeError);
  });

  test("misuse is named", () => {
    using weight = matrix("q8_0", 4, 32);
    const bad = (
      run: () => Tensor | QuantMatrix,
      error: new (...args: never) => Error,
      ...mentions: string[]
    ): void => {
      const before = backend.memory().handles;
      let thrown: unknown;
      scope(() => {
        try {
          run();
        } catch (cause) {
          thrown = cause;
        }
      });
      expect(thrown).toBeInstanceOf(error);
      for (const mention of mentions) expect((thrown as Error).message).toContain(mention);
      expect(backend.memory().handles).toBe(before);
    };
    bad(() => quantMatmul(zeros(backend, [2, 31]), weight), ShapeError, "quantMatmul", "[2, 31] × [4, 32]ᵀ");
    bad(() => quantMatmul(zeros(backend, [2, 32], "i32"), weight), DTypeError, "x is i32");
    bad(() => quantMatmul(zeros(backend, [32]), weight, zeros(backend, [3])), ShapeError, "bias is [3]; expected [4]");
    bad(() => gatherQuant(weight, zeros(backend, [1])), DTypeError, "indices are f32");
    bad(() => gatherQuant(weight, zeros(backend, [1], "i32"), { dtype: "u8" }), DTypeError, "cannot give u8");
    bad(() => gatherQuant(weight, tensor(backend, [0, 4], { dtype: "i32" })), ArgumentError, "index 4 at position 1");
    bad(() => gatherQuant(weight, tensor(backend, [-1], { dtype: "i32" })), ArgumentError, "outside [0, 4)");
    bad(() => QuantMatrix.fromBlocks(backend, "q8_0", [1, 33], new Uint8Array(34)), QuantError, "33", "bf16");
    bad(() => QuantMatrix.fromBlocks(backend, "q8_0", [2, 32], new Uint8Array(34)), ShapeError, "34", "(68)");
    bad(() => QuantMatrix.fromBlocks(backend, "q8_0", [-1, 32], new Uint8Array(0)), ShapeError);
  });
});

test("a backend with gatherQuant alone multiplies by the composition; one without stores no such matrices", async () => {
  const bytes = quantize("q4_1", normals(3 * 32, 2), 32);
  const gathers = new HostBackend("gathers", {
    ...takingEveryDType(coreKernels),
    gatherQuant: [kernelEntry(anyFormat.gatherQuant, quantKernels.gatherQuant)],
  });
  using weight = QuantMatrix.fromBlocks(gathers, "q4_1", [3, 32], bytes);
  using x = tensor(gathers, normals(64, 5), { shape: [2, 32] });
  using y = quantMatmul(x, weight);
  const reference = await createBackend("reference");
  using weightThere = QuantMatrix.fromBlocks(reference, "q4_1", [3, 32], bytes);
  using xThere = tensor(reference, normals(64, 5), { shape: [2, 32] });
  using expected = quantMatmul(xThere, weightThere);
  expect(await y.data()).toEqual(await expected.data());
  expect(() => quantMatmul(x, weightThere)).toThrow(BackendError);

  const plain = new HostBackend("plain", takingEveryDType(coreKernels));
  expect(storesQuant(plain, "q4_1")).toBe(false);
  expect(() => QuantMatrix.fromBlocks(plain, "q4_1", [3, 32], bytes)).toThrow(/"plain" stores no q4_1 matrices/);
  expect(plain.memory().handles).toBe(0);
});
