import { expect, test } from "vitest";
import { createBackend, type Backend } from "@helium-lm/tensor";
import { keptMatrix, matrixPath } from "./kept-matrix.ts";

const backend = await createBackend("cpu");

/** The backend without the kernels of some ops. */
const without = (...ops: readonly string[]): Backend =>
  Object.create(backend, {
    kernels: { value: Object.fromEntries(Object.entries(backend.kernels).filter(([op]) => !ops.includes(op))) },
  }) as Backend;

test("a matrix runs as the slower of its product and its look-up does", () => {
  const fast = matrixPath(backend, "q4_0");
  expect(fast).not.toBe("composed");
  expect(matrixPath(without("gatherQuant"), "q4_0")).toBe("composed");
  expect(matrixPath(without("quantMatmul"), "q4_0")).toBe("composed");
  expect(matrixPath(without("gather"), "bf16")).toBe("composed");
});

test("without `linear` a product runs as `matmul` does", () => {
  expect(matrixPath(without("linear"), "f32")).toBe(matrixPath(backend, "f32"));
  expect(matrixPath(without("linear", "matmul"), "f32")).toBe("composed");
});

test("what no tensor holds becomes f32", () => {
  expect(keptMatrix(backend, "F8_E4M3")).toEqual({ kept: "f32", runs: matrixPath(backend, "f32") });
});
