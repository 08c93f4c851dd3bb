import { isNode } from "../../workers/node-module.ts";

/** What the package `webgpu` exports: Dawn, the WebGPU of Chromium, as an addon of Node. */
export interface Dawn {
  /** A `navigator.gpu`. */
  readonly create: (flags: readonly string[]) => object;
  /** `GPUBufferUsage`, `GPUDevice` and the other names that a page finds among its globals. */
  readonly globals: object;
  /** No part of the API, but not in the builds before 0.4 either. */
  readonly isMac?: boolean;
}

const mend = "npm install webgpu@^0.6.2, or use another mode";

/**
 * Gives Node what GPU.js looks for: `navigator.gpu` and the globals beside it, from the optional package `webgpu`. Does
 * nothing where `navigator.gpu` exists, and in a page.
 *
 * @returns why the package cannot be used, with the mend; null where nothing stands in the way
 */
export async function provideWebGpu(load: () => Promise<Dawn> = loadDawn): Promise<string | null> {
  if (!isNode() || (typeof navigator === "object" && "gpu" in navigator)) return null;
  let dawn: Dawn;
  try {
    dawn = await load();
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: string };
    if (code === "ERR_MODULE_NOT_FOUND") return `the optional package webgpu is not installed; ${mend}`;
    return `the optional package webgpu does not load (${message.split("\n", 1)[0]}); ${mend}`;
  }
  // Their symbols get mixed up with those of V8 from Node 22 on, and they end the process.
  if (dawn.isMac === undefined) return `the optional package webgpu is of a version that crashes Node; ${mend}`;
  install(dawn);
  return null;
}

/** By a name that bundlers for the browser do not follow. */
async function loadDawn(name = "webgpu"): Promise<Dawn> {
  return (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as Dawn;
}

function install({ create, globals }: Dawn): void {
  Object.assign(globalThis, globals);
  const gpu = { value: create([]), configurable: true };
  if (typeof navigator === "object") return void Object.defineProperty(navigator, "gpu", gpu);
  // Node 20 has no navigator.
  const value = Object.defineProperty({}, "gpu", gpu);
  Object.defineProperty(globalThis, "navigator", { value, configurable: true });
}
