import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWasmBackend } from "../../src/backends/wasm/index.ts";
import {
  add,
  attention,
  concat,
  gatedActivation,
  linear,
  matmul,
  permute,
  copy,
  gatedProjection,
  QuantMatrix,
  projections,
  residualProjection,
  rmsNorm,
  Rng,
  softmax,
  tensor,
  type Backend,
  type QuantFormatName,
  type Tensor,
} from "../../src/index.ts";
import { quantize } from "../../src/quant/index.ts";

/** Values of a seeded normal distribution. */
const values = (seed: number, length: number): Float32Array => {
  const rng = new Rng(seed);
  return Float32Array.from({ length }, () => rng.uniform() * 2 - 1);
};

const make = (backend: Backend, seed: number, shape: number[]): Tensor =>
  tensor(
    backend,
    values(
      seed,
      shape.reduce((size, n) => size * n, 1),
    ),
    { shape },
  );

const quantised = (backend: Backend, seed: number, format: QuantFormatName, rows: number): QuantMatrix =>
  QuantMatrix.fromBlocks(backend, format, [rows, 512], quantize(format, values(seed, rows * 512), 512));

/** Calls large enough that a pool shares them. */
const calls: Record<string, (backend: Backend) => Tensor> = {
  add: (b) => add(make(b, 1, [300, 500]), make(b, 2, [300, 500])),
  "linear of one row": (b) => linear(make(b, 1, [1, 515]), make(b, 2, [1003, 515]), make(b, 3, [1003])),
  "linear of many rows": (b) => linear(make(b, 1, [203, 515]), make(b, 2, [203, 515])),
  "matmul of a batch": (b) => matmul(make(b, 1, [2, 101, 64]), make(b, 2, [2, 64, 130])),
  "matmul in large blocks": (b) => matmul(make(b, 1, [401, 300]), make(b, 2, [300, 530])),
  "joint projections": (b) =>
    concat(
      projections(make(b, 1, [3, 512]), [quantised(b, 2, "q4_0", 400), quantised(b, 3, "q8_0", 203)], {
        weight: make(b, 4, [512]),
        eps: 1e-5,
      }),
      -1,
    ),
  "gated projection": (b) =>
    gatedProjection(make(b, 1, [1, 512]), {
      gate: quantised(b, 2, "q4_K", 1001),
      up: quantised(b, 3, "q4_K", 1001),
      activation: "silu",
    }),
  "projection onto a residual": (b) =>
    residualProjection(make(b, 1, [5, 512]), quantised(b, 2, "q6_K", 1001), make(b, 3, [5, 1001])),
  softmax: (b) => softmax(make(b, 1, [101, 997])),
  rmsNorm: (b) => rmsNorm(make(b, 1, [101, 997]), make(b, 2, [997]), { eps: 1e-6 }),
  gatedActivation: (b) => gatedActivation(make(b, 1, [101, 997]), make(b, 2, [101, 997]), { activation: "silu" }),
  "transposed copy": (b) => copy(permute(make(b, 1, [101, 97, 5]), [2, 0, 1])),
  attention: (b) =>
    attention(make(b, 1, [1, 6, 70, 40]), make(b, 2, [1, 3, 130, 40]), make(b, 3, [1, 3, 130, 40]), { scale: 0.2 }),
  "attention of sequences": (b) => {
    const i32 = (values: number[], shape: number[]): Tensor => tensor(b, values, { shape, dtype: "i32" });
    const [starts, lengths] = [i32([0, 1, 40, 40, 41, 68], [6]), i32([90, 70, 3, 9, 130], [5])];
    const tables = i32([4, 0, 2, 1, 3, 3, 0, 5, 5, 1], [5, 2]);
    return attention(make(b, 1, [70, 6, 40]), make(b, 2, [6, 3, 65, 40]), make(b, 3, [6, 3, 65, 40]), {
      ...{ scale: 0.2, tables, queryStarts: starts, lengths },
    });
  },
};

describe("threads of the wasm backend", () => {
  const backends: Backend[] = [];
  beforeAll(async () => {
    for (const threads of [1, 2, 3]) backends.push(await createWasmBackend({ threads }));
  });
  afterAll(() => backends.forEach((backend) => backend.dispose()));

  test.each(Object.keys(calls))("%s: the same bits for any number of threads", async (name) => {
    const call = calls[name];
    const [one, two, three] = await Promise.all(backends.map(async (backend) => call(backend).data()));
    expect(two).toEqual(one);
    expect(three).toEqual(one);
  });

  test("reports what runs", () => {
    expect(backends[1].info()).toMatchObject({ backend: "wasm", threads: 2, sharedMemory: true });
    expect(backends[1].capabilities.threads).toBe(2);
  });
});
