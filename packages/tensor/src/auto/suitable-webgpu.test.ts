import { expect, test } from "vitest";
import { createCpuBackend } from "../backends/cpu/index.ts";
import type { Backend } from "../contract/backend.ts";
import type { StorageSpec } from "../contract/operand.ts";
import { BackendError } from "../errors.ts";
import { suitableWebGpu, type Devices } from "./suitable-webgpu.ts";

/** A graphics card of some name. The backend on it is one on the processor, as `change` makes it. */
function card(device: string, change: (backend: Backend) => Partial<Backend> = () => ({})) {
  const info = { vendor: "acme", architecture: "fast", device, description: "", isFallbackAdapter: false };
  const made: Backend[] = [];
  const seen = { tests: 0, disposed: 0 };
  const devices: Devices = {
    find: async () => ({ info }) as unknown as GPUAdapter,
    open: async () => {
      const backend = createCpuBackend();
      const [dispose, alloc] = [backend.dispose.bind(backend), backend.alloc.bind(backend)];
      made.push(
        Object.assign(
          backend,
          {
            dispose: () => (seen.disposed++, dispose()),
            alloc: (spec: StorageSpec) => (seen.tests++, alloc(spec)),
          },
          change(backend),
        ),
      );
      return backend;
    },
  };
  return { devices, info, seen };
}

test("a card that passes the self-test is taken, and tested once", async () => {
  const { devices, seen } = card("one");
  const { backend, reason } = await suitableWebGpu({}, {}, devices);
  expect(reason).toBe("webgpu: acme fast one passes the self-test");
  expect(backend?.memory().handles).toBe(0);
  const { tests } = seen;
  expect(tests).toBeGreaterThan(50);
  await suitableWebGpu({}, {}, devices);
  expect(seen).toEqual({ tests, disposed: 0 });
});

test("software is left to wasm, unless a test wants it", async () => {
  for (const [name, flag] of [
    ["SwiftShader", false],
    ["llvmpipe (LLVM 15)", false],
    ["unnamed", true],
  ] as const) {
    const { devices, info, seen } = card(name);
    info.isFallbackAdapter = flag;
    expect(await suitableWebGpu({}, {}, devices)).toEqual({
      backend: null,
      reason: `webgpu: acme fast ${name} computes on the processor, where wasm is faster`,
    });
    expect(seen.tests).toBe(0);
    expect((await suitableWebGpu({}, { acceptSoftware: true }, devices)).backend).not.toBeNull();
  }
});

test("a card that computes wrongly is not taken, and says in what", async () => {
  const broken = card("two", (backend) => {
    const read = backend.read.bind(backend);
    return {
      // Loses NaN, as drivers do that compute without it.
      read: async (handle) => {
        const bytes = await read(handle);
        const floats = new Float32Array(bytes.buffer, 0, bytes.byteLength >> 2);
        floats.forEach((value, i) => Number.isNaN(value) && (floats[i] = 1));
        return bytes;
      },
    };
  });
  expect(await suitableWebGpu({}, {}, broken.devices)).toEqual({
    backend: null,
    reason: "webgpu: acme fast two fails the self-test in special values (1 instead of NaN)",
  });
  expect(broken.seen.disposed).toBe(1);
});

test("a card without room for the weights is not taken", async () => {
  const device = card("three", (backend) => {
    const alloc = backend.alloc.bind(backend);
    return {
      capabilities: { ...backend.capabilities, maxStorageBytes: 2 ** 20 },
      alloc: (spec) => {
        if (backend.memory().bytes > 1e7) throw new BackendError("webgpu", "the device is out of memory");
        return alloc(spec);
      },
    };
  });
  expect(await suitableWebGpu({}, { needBytes: Promise.resolve(2e9) }, device.devices)).toEqual({
    backend: null,
    reason: "webgpu: acme fast three has no room for 2.0 GB of weights (the device is out of memory)",
  });
  const small = await suitableWebGpu({}, { needBytes: 5e6 }, device.devices);
  expect(small.reason).toBe("webgpu: acme fast three passes the self-test and has room for 5 MB of weights");
  expect(small.backend?.memory().handles).toBe(0);
});

test("no adapter and no device are reasons; other errors are errors", async () => {
  const { devices } = card("four");
  const find = async (): Promise<never> => {
    throw new BackendError("webgpu", "is unavailable: no adapter here");
  };
  expect((await suitableWebGpu({}, {}, { ...devices, find })).reason).toBe("webgpu: is unavailable: no adapter here");
  expect((await suitableWebGpu({}, {}, { ...devices, open: find })).reason).toMatch(/no adapter here$/);
  await expect(suitableWebGpu({}, { needBytes: Promise.reject(new Error("no file")) }, devices)).rejects.toThrow(
    "no file",
  );
});
