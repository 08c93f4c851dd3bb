import { isNode } from "../../../workers/node-module.ts";

/** What the package `webgpu` exports: Dawn, the WebGPU of Chromium, as an addon of Node. */
export interface Dawn {
  /** A `navigator.gpu`. */
  readonly create: (flags: readonly string[]) => object;
  /** `GPUBufferUsage`, `GPUDevice` and the other names that a page finds among its globals. */
  readonly globals: object;
  /** No part of the API, but not in the builds before 0.4 either. */
  readonly isMac?: boolean;
}

const mend = "npm install webgpu@^0.6.2";

/** The optional package `webgpu`, or why it cannot be used, with the mend. */
export async function findDawn(load: () => Promise<Dawn> = loadDawn): Promise<Dawn | string> {
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
  return dawn;
}

/** By a name that bundlers for the browser do not follow. */
async function loadDawn(name = "webgpu"): Promise<Dawn> {
  return (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as Dawn;
}

/** `navigator.gpu` where there is one. */
export function pageGpu(): GPU | null {
  if (typeof navigator !== "object" || !("gpu" in navigator)) return null;
  return navigator.gpu ?? null;
}

/** Dawn's, by flags: another one for each set would be another instance of the driver. */
const made = new Map<string, GPU>();

/** `navigator.gpu` of a page, or in Node that of the package `webgpu`; else why there is none, with the mend. */
export async function findGpu(dawnFlags: readonly string[] | undefined): Promise<GPU | string> {
  const page = pageGpu();
  if (page && (dawnFlags === undefined || !isNode())) return page;
  if (!isNode()) return "this page has no navigator.gpu; use a browser with WebGPU over https or localhost";
  const key = JSON.stringify(dawnFlags ?? []);
  const known = made.get(key);
  if (known) return known;
  const dawn = await findDawn();
  if (typeof dawn === "string") return dawn;
  const gpu = dawn.create(dawnFlags ?? []) as GPU;
  made.set(key, gpu);
  return gpu;
}
