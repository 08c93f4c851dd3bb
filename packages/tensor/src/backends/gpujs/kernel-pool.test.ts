import { expect, test } from "vitest";
import { BackendError } from "../../errors.ts";
import { KernelPool, type DeviceParts } from "./kernel-pool.ts";
import type { GpuJsArray, GpuJsKernel, GpuJsShortcut } from "./library.ts";
import type { Program } from "./program.ts";

class CpuKernel {}
class WebAssemblyKernel {}

const program: Program = {
  source: "function kernel(base) { return 1; }",
  functions: [],
  types: ["Integer"],
  values: [0],
};

/** A pool in mode `webasm` over a GPU.js whose kernels do as told. */
function poolOf(run: (kernel: { current: GpuJsKernel }) => GpuJsArray): { pool: KernelPool; built: () => number } {
  let built = 0;
  const createKernel = (): GpuJsShortcut => {
    built++;
    const state = { current: new WebAssemblyKernel() as GpuJsKernel };
    const shortcut = () => run(state);
    Object.defineProperty(shortcut, "kernel", { get: () => state.current });
    return Object.assign(shortcut, {
      setOutput: () => undefined,
      destroy: () => undefined,
    }) as unknown as GpuJsShortcut;
  };
  const library = { CPUKernel: CpuKernel, WebAssemblyKernel } as unknown as DeviceParts["library"];
  const gpu = { createKernel, destroy: () => Promise.resolve() };
  return { pool: new KernelPool({ library, mode: "webasm", gpu }), built: () => built };
}

test("a kernel is built once per source", () => {
  const { pool, built } = poolOf(() => new Float32Array(3));
  void pool.run("fill", program, 3);
  void pool.run("fill", program, 5);
  expect(built()).toBe(1);
  void pool.run("fill", { ...program, source: "function kernel(base) { return 2; }" }, 3);
  expect(built()).toBe(2);
  expect(pool.counts).toEqual({ kernels: 2, runs: 3 });
});

test("a fallback inside GPU.js is an error with mode, reason and mend, and is not kept", () => {
  const { pool, built } = poolOf((kernel) => {
    kernel.current = Object.assign(new CpuKernel(), { fallbackReason: "no threads" });
    return new Float32Array(3);
  });
  const run = (): unknown => pool.run("matmul", program, 3);
  expect(run).toThrow(BackendError);
  expect(run).toThrow("matmul: GPU.js fell back from mode webasm to another (no threads); use another mode");
  expect(built()).toBe(2);
});

test("a kernel that does not compile is an error that names the op and the mode", () => {
  const { pool, built } = poolOf(() => {
    throw new Error("Error compiling fragment shader: ERROR: 0:42: 'x' : redefinition\nmore");
  });
  expect(() => pool.run("softmax", program, 3)).toThrow(
    "softmax: the kernel does not compile in mode webasm (Error compiling fragment shader: ERROR: 0:42: 'x' : redefinition more); use another mode",
  );
  expect(() => pool.run("softmax", program, 3)).toThrow(BackendError);
  expect(built()).toBe(2);
});
