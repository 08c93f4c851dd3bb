import { afterEach, expect, test } from "vitest";
import type { Dawn } from "../webgpu/device/dawn.ts";
import { provideWebGpu } from "./node-webgpu.ts";

const shared = globalThis as { GPUMadeUp?: number };
const page = navigator as { gpu?: object };

afterEach(() => {
  delete shared.GPUMadeUp;
  delete page.gpu;
});

const failing = (message: string, code?: string) => (): Promise<Dawn> =>
  Promise.reject(Object.assign(new Error(message), { code }));

test("the package's navigator.gpu and globals are there afterwards, and are not made twice", async () => {
  const gpu = {};
  const load = (): Promise<Dawn> => Promise.resolve({ create: () => gpu, globals: { GPUMadeUp: 7 }, isMac: false });
  expect(await provideWebGpu(load)).toBeNull();
  expect([page.gpu, shared.GPUMadeUp]).toEqual([gpu, 7]);
  expect(await provideWebGpu(failing("is not asked"))).toBeNull();
  expect(page.gpu).toBe(gpu);
});

test.each([
  ["is not installed; npm install webgpu@^0.6.2", failing("Cannot find package 'webgpu'", "ERR_MODULE_NOT_FOUND")],
  ["does not load (libc is too old); npm install webgpu@^0.6.2", failing("libc is too old\nRequire stack: …")],
  [
    "is of a version that crashes Node; npm install webgpu@^0.6.2",
    (): Promise<Dawn> => Promise.resolve({ create: () => ({}), globals: { GPUMadeUp: 7 } }),
  ],
])("a package that %s, or use another mode", async (reason, load) => {
  expect(await provideWebGpu(load)).toBe(`the optional package webgpu ${reason}, or use another mode`);
  expect([page.gpu, shared.GPUMadeUp]).toEqual([undefined, undefined]);
});
