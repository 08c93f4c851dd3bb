import type { Backend } from "@helium-lm/tensor";
import type { Profile, Roof, WebGpuBackend } from "@helium-lm/tensor/backends/webgpu";
import type { SpeedTest } from "./speed-test.ts";

/** Some tokens of a test, on the device. */
export interface DeviceProfile extends Profile {
  /** Tokens of each text that were read or written. */
  readonly tokens: number;
}

/** What a graphics card is, and how near to its roof the kernels come. */
export interface DeviceReport {
  readonly limits: WebGpuBackend["limits"];
  readonly roof: Roof;
  /** Of the first test of each kind. */
  readonly profiles: Readonly<Record<SpeedTest["kind"], DeviceProfile | null>>;
}

/** The backend where it can profile what it does. */
export async function profilerOf(backend: Backend): Promise<WebGpuBackend | null> {
  if (backend.name !== "webgpu") return null;
  const { WebGpuBackend } = await import("@helium-lm/tensor/backends/webgpu");
  return backend instanceof WebGpuBackend ? backend : null;
}
