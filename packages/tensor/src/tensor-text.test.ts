import { inspect } from "node:util";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { createCpuBackend } from "./backends/cpu/index.ts";
import type { Backend } from "./contract/backend.ts";
import { transpose } from "./ops/view.ts";
import { arange, full } from "./ops/fill.ts";
import { reshape } from "./ops/view.ts";
import { fromStored, tensor } from "./tensor.ts";
import { configureDispatch } from "./trace.ts";

let backend: Backend;
beforeEach(() => {
  backend = createCpuBackend();
});

describe("what console.log shows", () => {
  test("dtype, shape, backend and values, floats in the fewest digits that give them back", () => {
    expect(inspect(tensor(backend, [0.1, -2.5, 1 / 3]))).toBe(
      "Tensor(f32[3] on cpu) [       0.1,       -2.5, 0.33333334]",
    );
    expect(inspect(tensor(backend, [0.1, 1 / 3], { dtype: "f16" }))).toBe("Tensor(f16[2] on cpu) [   0.1, 0.3333]");
    expect(inspect(tensor(backend, 7, { dtype: "i32" }))).toBe("Tensor(i32[] on cpu) 7");
    expect(inspect(tensor(backend, [1, 0], { dtype: "bool" }))).toBe("Tensor(bool[2] on cpu) [ true, false]");
    expect(inspect(tensor(backend, [-0, NaN, -Infinity]))).toBe(
      "Tensor(f32[3] on cpu) [       -0,       NaN, -Infinity]",
    );
    expect(inspect(tensor(backend, [], { shape: [2, 0] }))).toBe("Tensor(f32[2, 0] on cpu) []");
  });

  test("rows below one another, views as they are seen", () => {
    const x = tensor(backend, [
      [1, 2, 3],
      [4, 5, 60],
    ]);
    expect(inspect(x)).toBe("Tensor(f32[2, 3] on cpu)\n[[ 1,  2,  3],\n [ 4,  5, 60]]");
    expect(inspect(transpose(x))).toBe("Tensor(f32[3, 2] on cpu)\n[[ 1,  4],\n [ 2,  5],\n [ 3, 60]]");
    expect(inspect(reshape(x, [2, 1, 3]))).toBe("Tensor(f32[2, 1, 3] on cpu)\n[[[ 1,  2,  3]],\n\n [[ 4,  5, 60]]]");
  });

  test("above a thousand elements the first and last three of each axis, as NumPy does", () => {
    expect(inspect(arange(backend, 0, 1001))).toBe(
      "Tensor(i32[1001] on cpu) [   0,    1,    2, ...,  998,  999, 1000]",
    );
    const table = reshape(arange(backend, 0, 5000), [50, 100]);
    expect(inspect(table)).toBe(
      [
        "Tensor(i32[50, 100] on cpu)",
        "[[   0,    1,    2, ...,   97,   98,   99],",
        " [ 100,  101,  102, ...,  197,  198,  199],",
        " [ 200,  201,  202, ...,  297,  298,  299],",
        " ...,",
        " [4700, 4701, 4702, ..., 4797, 4798, 4799],",
        " [4800, 4801, 4802, ..., 4897, 4898, 4899],",
        " [4900, 4901, 4902, ..., 4997, 4998, 4999]]",
      ].join("\n"),
    );
  });

  test("a thousand elements are shown in full, in lines of eighty columns", () => {
    const lines = inspect(full(backend, [1000], 1.5)).split("\n");
    expect(lines.slice(1).every((line) => line.length <= 81)).toBe(true);
    expect(lines.join("").match(/1\.5/g)).toHaveLength(1000);
  });

  test("without values: a disposed tensor, a backend without synchronous reads, or one that is gone", () => {
    const x = tensor(backend, [1]);
    Object.defineProperty(backend, "capabilities", { value: { ...backend.capabilities, syncRead: false } });
    expect(inspect(x)).toBe("Tensor(f32[1] on cpu)");
    x.dispose();
    expect(inspect(x)).toBe("Tensor(f32[1] on cpu, disposed)");
    const other = createCpuBackend();
    const gone = arange(other, 0, 2000);
    other.dispose();
    expect(inspect(gone)).toBe("Tensor(i32[2000] on cpu) (no values: cpu: backend was disposed; create a new one)");
  });

  test("inside an object, and deep inside without values", () => {
    const x = tensor(backend, [1]);
    expect(inspect({ x })).toBe("{ x: Tensor(f32[1] on cpu) [1] }");
    expect(inspect({ a: { b: { c: x } } }, { depth: 1 })).not.toContain("[1] }");
  });

  test("leaves no storage behind, and tells the listener of ops nothing", () => {
    const ops: string[] = [];
    const x = transpose(reshape(arange(backend, 0, 2000), [2, 1000]));
    configureDispatch(backend, { strict: true, onOp: ({ op }) => ops.push(op) });
    const before = backend.memory();
    inspect(x);
    expect(backend.memory()).toMatchObject({ handles: before.handles, bytes: before.bytes });
    expect(ops).toEqual([]);
  });

  test("what is shown of f32 reads back as the same numbers", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 9 }),
        (values) => {
          using x = tensor(backend, values);
          const shown = JSON.parse(inspect(x).replace(/^[^)]*\)/, "")) as number[];
          expect(shown.map(Math.fround)).toEqual(values);
        },
      ),
      { seed: 3, numRuns: 200 },
    );
  });
});

test("a typed array gives its dtype, a plain array f32, and 64-bit integers are refused", () => {
  const dtypeOf = (values: Parameters<typeof tensor>[1]) => tensor(backend, values).dtype;
  expect(dtypeOf(new Int32Array(2))).toBe("i32");
  expect(dtypeOf(new Uint32Array(2))).toBe("u32");
  expect(dtypeOf(new Int8Array(2))).toBe("i8");
  expect(dtypeOf(new Uint8Array(2))).toBe("u8");
  expect(dtypeOf(new Float32Array(2))).toBe("f32");
  expect(dtypeOf([1, 2])).toBe("f32");
  expect(tensor(backend, new Int32Array([3]), { dtype: "f16" }).dtype).toBe("f16");
  expect(fromStored(backend, new Int32Array(1), [1], "i32").dtype).toBe("i32");
  const wide = new BigInt64Array(1) as unknown as Int32Array;
  expect(() => tensor(backend, wide)).toThrow(
    "tensor: values are a BigInt64Array; expected numbers, as of an Int32Array",
  );
});
