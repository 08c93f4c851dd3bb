import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  cast,
  configureDispatch,
  createBackend,
  decodeBf16,
  fromStored,
  narrow,
  permute,
  scope,
  sliceUpdate,
  tensor,
  transpose,
  type Backend,
  type DType,
} from "@helium-lm/tensor";
import { createGpuJsBackend } from "../src/backends/gpujs/index.ts";
import { createWasmBackend } from "../src/backends/wasm/index.ts";

const conversions: readonly (readonly [from: DType, to: DType])[] = [
  ["f32", "bf16"],
  ["f32", "f16"],
  ["bf16", "f32"],
  ["f16", "bf16"],
];

/** wasm has a kernel for the rows of a bf16 cache only. */
const pathOf = (backend: Backend, from: DType, to: DType): string =>
  backend.name === "wasm" && !(from === "f32" && to === "bf16") ? "host" : "kernel";

/** NaN, infinities, zeros, ties between two bf16 and between two f16, what overflows f16 and what is subnormal in it. */
const special = [NaN, Infinity, -Infinity, 0, -0, 1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -11, 65_520, 1e-7, -3.4e38];

const backends: readonly (readonly [string, () => Promise<Backend>])[] = [
  ["reference", () => createBackend("reference")],
  ["cpu", () => createBackend("cpu")],
  ["wasm plain", () => createWasmBackend({ threads: 1, simd: "plain" })],
  ["wasm, two threads", () => createWasmBackend({ threads: 2 })],
  ["gpujs", () => createGpuJsBackend({ mode: "cpu" })],
  ["gpujs, halves expanded", () => createGpuJsBackend({ mode: "cpu", packHalves: false })],
];

describe.each(backends)("%s", (_, create) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await create();
  });
  afterAll(() => backend.dispose());

  test.each(conversions)("%s rows written into %s are cast on the way, by one op, bit for bit", async (from, to) => {
    const rows = fc.array(fc.oneof(fc.constantFrom(...special), fc.float()), { minLength: 12, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(rows, fc.boolean(), async (values, turned) => {
        const [whole, inSteps] = scope(() => {
          const source = tensor(backend, values, { shape: turned ? [4, 3] : [3, 4], dtype: from });
          const rows = turned ? transpose(source) : source;
          const targets = [0, 1].map(() =>
            tensor(
              backend,
              Array.from({ length: 30 }, (_, i) => i),
              { shape: [5, 6], dtype: to },
            ),
          );
          const seen: string[] = [];
          configureDispatch(backend, { onOp: ({ op, path }) => seen.push(`${op}:${path}`) });
          sliceUpdate(targets[0], rows, [1, 2]);
          configureDispatch(backend, {});
          expect(seen).toEqual([`sliceUpdate:${pathOf(backend, from, to)}`]);
          sliceUpdate(targets[1], cast(rows, to), [1, 2]);
          return targets;
        });
        expect(await whole.stored()).toEqual(await inSteps.stored());
        whole.dispose();
        inSteps.dispose();
      }),
      { seed: 5, numRuns: 12 },
    );
    expect(backend.memory().handles).toBe(0);
  });

  test("what a store would not convert as a cast does is cast first, and the trace says so", async () => {
    const target = tensor(backend, [1, 2, 3, 4], { dtype: "i8" });
    const source = tensor(backend, [300.7, NaN]);
    const seen: string[] = [];
    configureDispatch(backend, { onOp: ({ op, path }) => seen.push(`${op}:${path}`) });
    sliceUpdate(target, source, [1]);
    expect(seen[0]).toBe("sliceUpdate:cast");
    expect(seen.map((event) => event.split(":")[0])).toEqual(["sliceUpdate", "cast", "sliceUpdate"]);
    configureDispatch(backend, {});
    expect(await target.toArray()).toEqual([1, 127, 0, 4]);
    for (const t of [target, source]) t.dispose();
  });

  test("reading a view is a copy that the trace sees", async () => {
    const x = tensor(backend, [1, 2, 3, 4], { shape: [2, 2] });
    const seen: string[] = [];
    configureDispatch(backend, { onOp: ({ op, path, inputs }) => seen.push(`${op} ${inputs["x"]} ${path}`) });
    const column = narrow(x, 1, 1, 1);
    const turned = permute(x, [1, 0]);
    expect([await column.toArray(), await turned.toArray()]).toEqual([
      [[2], [4]],
      [
        [1, 3],
        [2, 4],
      ],
    ]);
    expect(seen).toEqual(["copy f32 kernel", "copy f32 kernel"]);
    await x.toArray();
    expect(seen).toHaveLength(2);
    configureDispatch(backend, {});
    for (const t of [x, column, turned]) t.dispose();
  });
});

test("wasm: rows for a tensor in another memory go there", async () => {
  const backend = await createWasmBackend({ threads: 1, maxMemoryBytes: 2 ** 24 });
  // Two thirds of the first memory's room for weights, so that the second finds none there.
  const [first, second] = [0, 1].map(() =>
    fromStored(backend, new Uint16Array(2 ** 22), [2 ** 11, 2 ** 11], "bf16", { weights: true }),
  );
  expect(backend.info()["memories"]).toBe(2);
  for (const target of [first, second]) {
    sliceUpdate(
      target,
      tensor(backend, [
        [1.5, 2],
        [3, -4],
      ]),
      [7, 9],
    );
    sliceUpdate(target, tensor(backend, [[8], [9]], { dtype: "bf16" }), [8, 10]);
    const stored = await target.stored();
    const at = (row: number, column: number): number => decodeBf16(stored[2 ** 11 * row + column]);
    const region = [7, 8, 9].map((row) => [9, 10, 11].map((column) => at(row, column)));
    expect(region).toEqual([
      [1.5, 2, 0],
      [3, 8, 0],
      [0, 9, 0],
    ]);
  }
  backend.dispose();
});
