import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWasmBackend } from "../../src/backends/wasm/index.ts";
import {
  BackendError,
  concat,
  fromStored,
  gatherQuant,
  gatedProjection,
  quantMatmul,
  QuantMatrix,
  projections,
  residualProjection,
  Rng,
  tensor,
  type Backend,
  type QuantFormatName,
  type Tensor,
} from "../../src/index.ts";
import { quantFormats } from "../../src/quant/formats/index.ts";
import { quantFormatNames, quantize, quantRowBytes } from "../../src/quant/index.ts";

const MEGABYTE = 2 ** 20;
const [ROWS, COLUMNS] = [19, 512];
const MEMORIES = 3;

const normals = (seed: number, length: number): Float32Array => {
  const rng = new Rng(seed);
  return Float32Array.from({ length }, () => rng.normal());
};

/** Blocks of a matrix: by the format's quantiser, or of random levels with the scale 1 / 64 where it is only read. */
function blocksOf(format: QuantFormatName, seed: number): Uint8Array {
  if (!["q2_K", "q3_K", "iq4_nl", "iq4_xs"].includes(format))
    return quantize(format, normals(seed, ROWS * COLUMNS), COLUMNS);
  const rng = new Rng(seed);
  const bytes = Uint8Array.from({ length: ROWS * quantRowBytes(format, COLUMNS) }, () => rng.bits() & 255);
  const { blockBytes } = quantFormats[format];
  const scales = { q2_K: [80, 82], q3_K: [108], iq4_nl: [0], iq4_xs: [0] }[format as "q2_K"];
  for (let at = 0; at < bytes.length; at += blockBytes) for (const scale of scales) bytes.set([0, 0x24], at + scale);
  return bytes;
}

/** Three matrices of each format. */
const blocks = new Map(
  quantFormatNames.map((format, n) => [format, [0, 1, 2].map((i) => blocksOf(format, 3 * n + i))]),
);

type Placed = ReadonlyMap<QuantFormatName, readonly QuantMatrix[]>;

const place = (backend: Backend): Placed =>
  new Map(
    [...blocks].map(([format, matrices]) => [
      format,
      matrices.map((bytes) => QuantMatrix.fromBlocks(backend, format, [ROWS, COLUMNS], bytes)),
    ]),
  );

/** More than half of the weights that a memory takes. */
const FILLER = 1.625 * MEGABYTE;
const filler = (backend: Backend): Tensor =>
  fromStored(backend, new Uint8Array(FILLER), [FILLER], "u8", { weights: true });

describe.each([
  { threads: 1, simd: "relaxed" },
  { threads: 2, simd: "plain" },
] as const)("block-quantised matrices in several memories, $simd, $threads threads", (options) => {
  let one: Backend;
  let many: Backend;
  let alone: Placed;
  /** The same matrices in each memory. */
  let spread: Placed[];

  beforeAll(async () => {
    one = await createWasmBackend(options);
    many = await createWasmBackend({ ...options, maxMemoryBytes: 4 * MEGABYTE });
    alone = place(one);
    const fillers: Tensor[] = [];
    spread = Array.from({ length: MEMORIES }, (_, n) => {
      const placed = n === 0 ? place(many) : null;
      fillers.push(filler(many));
      return placed ?? place(many);
    });
    expect(many.info().memories).toBe(MEMORIES);
    for (const each of fillers) each.dispose();
  });
  afterAll(() => {
    one.dispose();
    many.dispose();
  });

  /** The matrix and its equal in the given memory, of the same rows. */
  function pair(format: QuantFormatName, which: number, memory: number, first: number, rows: number): QuantMatrix[] {
    const found = [alone, spread[memory]].map((placed) => placed?.get(format)?.[which]);
    return found.map((matrix) => {
      if (!matrix) throw new Error(`no ${format}`);
      return matrix.narrowRows(first, rows);
    });
  }

  const chosen = fc.record({
    format: fc.constantFrom(...quantFormatNames),
    memory: fc.nat(MEMORIES - 1),
  });
  // 130 rows are more than pass at a time.
  const lengths = fc.constantFrom(1, 2, 3, 4, 7, 130);
  const runs = { numRuns: 60, seed: 5 };

  /** Expects of `op` the same bits on both backends. */
  async function same(
    M: number,
    columns: number,
    op: (x: Tensor, weights: readonly QuantMatrix[], extra: Tensor, norm: Tensor) => Tensor,
    pairs: readonly QuantMatrix[][],
  ): Promise<void> {
    const results = [one, many].map(async (backend, n) => {
      using x = tensor(backend, normals(M, M * COLUMNS), { shape: [M, COLUMNS] });
      using extra = tensor(backend, normals(M + 1, M * columns), { shape: [M, columns] });
      using norm = tensor(backend, normals(M + 2, COLUMNS));
      const weights = pairs.map((each) => each[n]);
      using out = op(x, weights, extra, norm);
      return out.data();
    });
    expect(await results[1]).toEqual(await results[0]);
    for (const each of pairs.flat()) each.dispose();
  }

  test.each(quantFormatNames)("%s: rows and blocks are those written, in every memory", async (format) => {
    for (const [memory, placed] of spread.entries()) {
      expect(await placed.get(format)?.[1]?.blocks()).toEqual(blocks.get(format)?.[1]);
      const pairs = [pair(format, 1, memory, 2, 16)];
      await same(1, 1, (_, [table]) => gatherQuant(table, tensor(_.backend, [15, 0, 7], { dtype: "i32" })), pairs);
    }
  });

  test("quantMatmul with a bias", async () => {
    await fc.assert(
      fc.asyncProperty(lengths, chosen, fc.nat(ROWS - 1), (M, { format, memory }, first) =>
        same(
          M,
          ROWS - first,
          (x, [w], extra) => quantMatmul(x, w, extra.view({ ...extra.layout, shape: [ROWS - first], strides: [1] })),
          [pair(format, 0, memory, first, ROWS - first)],
        ),
      ),
      runs,
    );
  });

  test("projections", async () => {
    await fc.assert(
      fc.asyncProperty(
        lengths,
        fc.array(fc.tuple(chosen, fc.nat(10)), { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        (M, parts, normed) =>
          same(
            M,
            1,
            (x, weights, _, weight) => {
              const norm = normed ? { weight, eps: 1e-5, weightMode: "f32-mul" as const } : undefined;
              return concat(projections(x, weights as unknown as readonly [QuantMatrix], norm), -1);
            },
            parts.map(([{ format, memory }, first], n) => pair(format, n, memory, first, ROWS - first)),
          ),
      ),
      runs,
    );
  });

  test("gatedProjection", async () => {
    await fc.assert(
      fc.asyncProperty(
        lengths,
        chosen,
        chosen,
        fc.constantFrom(0, 3, 8),
        fc.constantFrom("silu", "gelu_pytorch_tanh", "gelu"),
        (M, a, b, first, activation) =>
          same(
            M,
            1,
            (x, [gate, up], _, weight) =>
              gatedProjection(x, { gate: gate, up: up, activation }, { weight, eps: 1e-5, weightMode: "one-plus" }),
            [pair(a.format, 0, a.memory, first, ROWS - first), pair(b.format, 1, b.memory, first, ROWS - first)],
          ),
      ),
      runs,
    );
  });

  test("residualProjection", async () => {
    await fc.assert(
      fc.asyncProperty(lengths, chosen, (M, { format, memory }) =>
        same(M, ROWS, (x, [w], residual) => residualProjection(x, w, residual), [pair(format, 2, memory, 0, ROWS)]),
      ),
      runs,
    );
  });

  test("what is freed is used again, first in the first memory", async () => {
    const backend = await createWasmBackend({ ...options, maxMemoryBytes: 4 * MEGABYTE });
    const fill = (): Tensor[] => Array.from({ length: 4 }, () => filler(backend));
    const matrices = place(backend);
    const fillers = fill();
    const { memories, memoryBytes } = backend.info();
    expect(memories).toBe(4);
    for (const each of [...fillers, ...[...matrices.values()].flat()]) each.dispose();
    expect(backend.memory()).toMatchObject({ handles: 0, bytes: 0 });
    const again = [...place(backend).values()].flat();
    const more = fill();
    expect(backend.info()).toMatchObject({ memories, memoryBytes });
    for (const each of [...more, ...again]) each.dispose();
    backend.dispose();
  });

  test("a matrix larger than a memory is a BackendError with the numbers", async () => {
    const backend = await createWasmBackend({ ...options, maxMemoryBytes: 4 * MEGABYTE });
    const bytes = new Uint8Array(8192 * quantRowBytes("q4_0", 1024));
    const attempt = (): QuantMatrix => QuantMatrix.fromBlocks(backend, "q4_0", [8192, 1024], bytes);
    expect(attempt).toThrow(BackendError);
    expect(attempt).toThrow(
      /out of memory: a matrix q4_0\[8192, 1024\] takes 4718592 bytes, and one memory of 4194304 holds weights of \d+ at most; raise maxMemoryBytes/,
    );
    expect(backend.memory()).toMatchObject({ handles: 0, bytes: 0 });
    backend.dispose();
  });

  test("full memories are a BackendError with their number", async () => {
    const backend = await createWasmBackend({ ...options, maxMemoryBytes: 4 * MEGABYTE });
    const fillers = Array.from({ length: 16 }, () => filler(backend));
    expect(() => filler(backend)).toThrow(
      /out of memory: a matrix of 1703936 u8 weights takes 1703936 bytes, and 16 of at most 16 memories of 4194304 are full/,
    );
    for (const each of fillers) each.dispose();
    expect(backend.memory()).toMatchObject({ handles: 0, bytes: 0 });
    backend.dispose();
  });
});
