import { BackendError, DisposedError } from "../../errors.ts";
import type { OpenDevice } from "./adapter.ts";
import { deviceLimits, type DeviceLimits } from "./limits.ts";

/** One GPU device: what it is, what it can do, and whether it is still there. */
export class Device {
  readonly gpu: GPUDevice;
  readonly limits: DeviceLimits;
  readonly features: ReadonlySet<string>;
  /** Names of the adapter, for reports. */
  readonly adapter: Readonly<Record<"vendor" | "architecture" | "device" | "description", string>>;
  readonly isFallback: boolean;
  #lost: string | null = null;
  #disposed = false;

  constructor({ adapter, device }: OpenDevice, maxStorageBytes?: number) {
    const { vendor, architecture, device: name, description, isFallbackAdapter } = adapter.info;
    this.gpu = device;
    this.limits = deviceLimits(device.limits, maxStorageBytes);
    this.features = new Set(device.features);
    this.adapter = { vendor, architecture, device: name, description };
    this.isFallback = isFallbackAdapter;
    // After a loss nothing throws and waiting ends at once, so it is kept here.
    void device.lost.then(({ reason, message }) => (this.#lost ??= message || reason));
  }

  get isLost(): boolean {
    return this.#lost !== null;
  }

  /** @throws DisposedError, BackendError when nothing can be computed any more */
  check(op = "webgpu"): void {
    if (this.#disposed) throw new DisposedError(op, "backend was disposed; create a new one");
    if (this.#lost !== null) throw this.lossError(op);
  }

  lossError(op: string): BackendError {
    return new BackendError(
      op,
      `the WebGPU device was lost (${this.#lost ?? "no reason given"}) and what was on it is gone; create a new backend and load the tensors again`,
      { lost: true },
    );
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    this.#disposed = true;
    this.gpu.destroy();
  }
}
