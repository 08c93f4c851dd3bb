import type { Backend } from "../contract/backend.ts";
import { findAdapter, isSoftware } from "../backends/webgpu/device/adapter.ts";
import { webGpuOn, type WebGpuBackendOptions } from "../backends/webgpu/index.ts";
import { BackendError } from "../errors.ts";
import type { AutoOptions } from "./auto-options.ts";
import { whyNoRoom } from "./room.ts";
import { selfTest } from "./self-test.ts";

/** How `suitableWebGpu` gets at a device; tests have their own. */
export interface Devices {
  /** @throws BackendError where there is none */
  readonly find: (options: WebGpuBackendOptions) => Promise<GPUAdapter>;
  /** @throws BackendError where the adapter gives no device */
  readonly open: (adapter: GPUAdapter, options: WebGpuBackendOptions) => Promise<Backend>;
}

const ofBrowser: Devices = { find: findAdapter, open: webGpuOn };

/** What the self-test said of an adapter, by its names: once is enough. */
const tested = new Map<string, string | null>();

/** A backend for `auto` with why it is taken, or why there is none. */
export type Verdict = { readonly backend: Backend | null; readonly reason: string };

/** Looks for a graphics card that computes right and has room. */
export async function suitableWebGpu(
  options: WebGpuBackendOptions,
  { needBytes, acceptSoftware = false }: AutoOptions,
  { find, open }: Devices = ofBrowser,
): Promise<Verdict> {
  let backend: Backend | null = null;
  const no = (reason: string): Verdict => {
    backend?.dispose();
    return { backend: null, reason: `webgpu: ${reason}` };
  };
  try {
    const adapter = await find(options);
    const name = nameOf(adapter);
    if (isSoftware(adapter) && !acceptSoftware) return no(`${name} computes on the processor, where wasm is faster`);
    backend = await open(adapter, options);
    const known = tested.get(name);
    const wrong = known === undefined ? await selfTest(backend) : known;
    tested.set(name, wrong);
    if (wrong !== null) return no(`${name} fails the self-test in ${wrong}`);
    const bytes = await needBytes;
    const full = bytes === undefined ? null : await whyNoRoom(backend, bytes);
    if (full !== null)
      return no(`${name} has no room for ${describeBytes(bytes ?? 0)} of weights (${withoutName(full)})`);
    const room = bytes === undefined ? "" : ` and has room for ${describeBytes(bytes)} of weights`;
    return { backend, reason: `webgpu: ${name} passes the self-test${room}` };
  } catch (error) {
    if (error instanceof BackendError) return no(withoutName(error.message));
    backend?.dispose();
    throw error;
  }
}

/** As short as it can be told from others. */
function nameOf({ info: { vendor, architecture, device, description } }: GPUAdapter): string {
  return description || [vendor, architecture, device].filter(Boolean).join(" ") || "the adapter";
}

const withoutName = (message: string): string => message.replace(/^webgpu: /, "");

const describeBytes = (bytes: number): string =>
  bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
