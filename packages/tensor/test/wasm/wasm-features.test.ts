import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

// Features are looked at once per process: every test takes the modules anew, in an engine that lacks something.
beforeEach(() => vi.resetModules());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const fresh = async () => ({
  ...(await import("../../src/backends/wasm/index.ts")),
  ...(await import("../../src/index.ts")),
});

/** The probes are modules of a few instructions; what is longer is a kernel. */
const rejectProbes = (isRejected: (bytes: Uint8Array) => boolean): void => {
  const validate = WebAssembly.validate.bind(WebAssembly);
  vi.spyOn(WebAssembly, "validate").mockImplementation((bytes) => !isRejected(bytes as Uint8Array) && validate(bytes));
};

/** Opcode 0x85 0x02 behind the SIMD prefix: f32x4.relaxed_madd. */
const isRelaxed = (bytes: Uint8Array): boolean => bytes.some((byte, i) => byte === 0x85 && bytes[i + 1] === 0x02);

describe("an engine without", () => {
  test("SIMD: a BackendError that names the cpu backend", async () => {
    rejectProbes(() => true);
    const { BackendError, createWasmBackend } = await fresh();
    const creating = createWasmBackend();
    await expect(creating).rejects.toThrow(BackendError);
    await expect(creating).rejects.toThrow("this engine has no WebAssembly SIMD; use the cpu backend");
  });

  test("WebAssembly: the same", async () => {
    vi.stubGlobal("WebAssembly", undefined);
    const { createWasmBackend } = await fresh();
    await expect(createWasmBackend()).rejects.toThrow("this engine has no WebAssembly SIMD; use the cpu backend");
  });

  test("relaxed SIMD: the plain build by itself, an error where relaxed was asked for", async () => {
    rejectProbes(isRelaxed);
    const { createWasmBackend } = await fresh();
    const backend = await createWasmBackend({ threads: 1 });
    expect(backend.info()).toMatchObject({ simd: "plain" });
    backend.dispose();
    await expect(createWasmBackend({ simd: "relaxed" })).rejects.toThrow(
      'this engine has no relaxed SIMD; use simd: "plain"',
    );
  });

  test("SharedArrayBuffer: one thread by itself, an error that says so where more were asked for", async () => {
    vi.stubGlobal("SharedArrayBuffer", undefined);
    const { add, createWasmBackend, tensor } = await fresh();
    const backend = await createWasmBackend();
    expect(backend.info()).toMatchObject({ threads: 1, sharedMemory: false });
    using sum = add(tensor(backend, [1, 2]), tensor(backend, [3, 4]));
    expect([...(await sum.data())]).toEqual([4, 6]);
    backend.dispose();
    await expect(createWasmBackend({ threads: 2 })).rejects.toThrow(
      /threads need SharedArrayBuffer.*run with threads: 1/,
    );
  });

  test("room for the memory: a BackendError that names the option", async () => {
    const { createWasmBackend } = await fresh();
    vi.spyOn(WebAssembly, "Memory").mockImplementation(function full() {
      throw new RangeError("could not allocate memory");
    });
    await expect(createWasmBackend({ threads: 1 })).rejects.toThrow(
      /reserves no memory of up to 4294967296 bytes; lower maxMemoryBytes/,
    );
  });
});
