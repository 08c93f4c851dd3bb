import { isNode } from "../../workers/node-module.ts";
import { findDawn, type Dawn } from "../webgpu/device/dawn.ts";

/**
 * Gives Node what GPU.js looks for: `navigator.gpu` and the globals beside it, from the optional package `webgpu`. Does
 * nothing where `navigator.gpu` exists, and in a page.
 *
 * @returns why the package cannot be used, with the mend; null where nothing stands in the way
 */
export async function provideWebGpu(load?: () => Promise<Dawn>): Promise<string | null> {
  if (!isNode() || (typeof navigator === "object" && "gpu" in navigator)) return null;
  const dawn = await findDawn(load);
  if (typeof dawn === "string") return `${dawn}, or use another mode`;
  install(dawn);
  return null;
}

function install({ create, globals }: Dawn): void {
  Object.assign(globalThis, globals);
  const gpu = { value: create([]), configurable: true };
  if (typeof navigator === "object") return void Object.defineProperty(navigator, "gpu", gpu);
  // Node 20 has no navigator.
  const value = Object.defineProperty({}, "gpu", gpu);
  Object.defineProperty(globalThis, "navigator", { value, configurable: true });
}
