import v8 from "node:v8";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { wideRefusal } from "../../src/backends/wasm/codegen/choose.ts";
import type { Backend, QuantFormatName, QuantMatrix as Matrix, Tensor } from "../../src/index.ts";

// Modules are compiled once per process: every test takes them anew.
beforeEach(() => vi.resetModules());
afterEach(() => {
  vi.doUnmock("../../src/backends/wasm/codegen/guard.ts");
  vi.restoreAllMocks();
});

const fresh = async () => ({
  ...(await import("../../src/backends/wasm/index.ts")),
  ...(await import("../../src/index.ts")),
  ...(await import("../../src/quant/index.ts")),
});

type Library = Awaited<ReturnType<typeof fresh>>;

const here = { runtime: "Node", v8: process.versions.v8, arch: process.arch, avx2: null };
const refusal = wideRefusal(here);
// The devDependency `node` gains; on another one or another processor there is only the fallback to test.
const wideTest = test.skipIf(refusal !== null);

/** Random calls whose sums round, on shapes that fill tiles and leave rests. */
function results({
  linear,
  matmul,
  quantMatmul,
  QuantMatrix,
  quantFormatNames,
  quantRowBytes,
  Rng,
  softmax,
  tensor,
}: Library) {
  const make = (backend: Backend, seed: number, shape: number[]): Tensor => {
    const rng = new Rng(seed);
    const length = shape.reduce((size, n) => size * n, 1);
    return tensor(
      backend,
      Float32Array.from({ length }, () => rng.uniform() * 2 - 1),
      { shape },
    );
  };
  const quantised = (backend: Backend, format: QuantFormatName): Matrix => {
    const rng = new Rng(9);
    // Without bit 6 no f16 is infinite or NaN.
    const blocks = Uint8Array.from({ length: 45 * quantRowBytes(format, 768) }, () => rng.uniform() * 256).map(
      (byte) => byte & 0xbf,
    );
    return QuantMatrix.fromBlocks(backend, format, [45, 768], blocks);
  };
  return async (backend: Backend): Promise<Record<string, ArrayLike<unknown>>> => {
    const read: Record<string, ArrayLike<unknown>> = {};
    for (const M of [1, 3, 8, 33]) {
      for (const format of quantFormatNames)
        read[`${format} ${M}`] = await quantMatmul(make(backend, M, [M, 768]), quantised(backend, format)).data();
      read[`linear ${M}`] = await linear(make(backend, M, [M, 515]), make(backend, 2, [203, 515])).data();
    }
    read["matmul"] = await matmul(make(backend, 1, [61, 64]), make(backend, 2, [64, 130])).data();
    read["softmax"] = await softmax(make(backend, 1, [11, 97])).data();
    return read;
  };
}

describe("codegen of the wasm backend", () => {
  test("is plain in a library unless asked for, and says so", async () => {
    const { createBackend, createWasmBackend } = await fresh();
    const flags = vi.spyOn(v8, "setFlagsFromString");
    for (const backend of [await createWasmBackend({ threads: 1 }), await createBackend("auto", { threads: 1 })]) {
      expect(backend.info()).toMatchObject({
        codegen: "plain",
        codegenReason: expect.stringContaining("no V8 flags unasked") as string,
      });
      backend.dispose();
    }
    const plain = await createWasmBackend({ threads: 1, codegen: "plain" });
    expect(plain.info()).toMatchObject({ codegen: "plain" });
    expect(plain.info()).not.toHaveProperty("codegenReason");
    plain.dispose();
    expect(flags).not.toHaveBeenCalled();
  });

  test("another value is an error, for auto too", async () => {
    const { ArgumentError, createBackend } = await fresh();
    for (const name of ["wasm", "auto"])
      await expect(createBackend(name, { codegen: "wider" })).rejects.toThrow(ArgumentError);
  });

  wideTest.each(["relaxed", "plain"] as const)("wide code of the %s build: the same bits", async (simd) => {
    const library = await fresh();
    const run = results(library);
    const wide = await library.createWasmBackend({ simd, threads: 2, codegen: "wide" });
    const plain = await library.createWasmBackend({ simd, threads: 1, codegen: "plain" });
    try {
      expect(wide.info()).toMatchObject({ simd, codegen: "wide" });
      expect(wide.info()).not.toHaveProperty("codegenReason");
      expect(await run(wide)).toEqual(await run(plain));
    } finally {
      wide.dispose();
      plain.dispose();
    }
  });

  wideTest("sets every flag back", async () => {
    const { createWasmBackend } = await fresh();
    const flags = vi.spyOn(v8, "setFlagsFromString");
    (await createWasmBackend({ threads: 1, codegen: "wide" })).dispose();
    const said = flags.mock.calls.map(([flag]) => flag);
    expect(said).toContain("--experimental-wasm-revectorize");
    const opposite = (flag: string): string =>
      flag.startsWith("--no-") ? `--${flag.slice(5)}` : `--no-${flag.slice(2)}`;
    expect(said.slice(said.length / 2)).toEqual(said.slice(0, said.length / 2).map(opposite));
  });

  wideTest("another bit than plain code's: plain, with the call that differs", async () => {
    vi.doMock("../../src/backends/wasm/codegen/guard.ts", () => ({ firstDifference: () => "quantMatmul in q8_0" }));
    const { createWasmBackend } = await fresh();
    const backend = await createWasmBackend({ threads: 2, codegen: "wide" });
    expect(backend.info()).toMatchObject({
      threads: 2,
      codegen: "plain",
      codegenReason: "wasm: 256-bit code gives other bits than plain code in quantMatmul in q8_0",
    });
    backend.dispose();
  });

  wideTest("an engine that does not compile it: plain, with the reason", async () => {
    const { createWasmBackend } = await fresh();
    // Plain code is compiled by the asynchronous function.
    vi.spyOn(WebAssembly, "Module").mockImplementation(function broken() {
      throw new WebAssembly.CompileError("no");
    });
    const backend = await createWasmBackend({ threads: 1, codegen: "wide" });
    expect(backend.info()).toMatchObject({
      codegen: "plain",
      codegenReason: expect.stringContaining("does not compile the kernels to 256-bit code") as string,
    });
    backend.dispose();
  });
});
