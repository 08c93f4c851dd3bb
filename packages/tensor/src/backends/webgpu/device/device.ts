import { BackendError, DisposedError } from "../../../errors.ts";
import { isSoftware, type OpenDevice } from "./adapter.ts";
import { deviceLimits, type DeviceLimits } from "./limits.ts";

/**
 * Within so many turns of the event loop of so many milliseconds, after work that failed by it, a loss is told. They are several:
 * a process that was held up has had one, however long it took.
 */
const [LOSS_TURNS, TURN_MS] = [4, 50];

/** One GPU device: what it is, what it can do, and whether it is still there. */
export class Device {
  readonly gpu: GPUDevice;
  readonly limits: DeviceLimits;
  /** Optional features that it has, those of WGSL among them. */
  readonly features: ReadonlySet<string>;
  /** Names of the adapter, for reports. */
  readonly adapter: Readonly<Record<"vendor" | "architecture" | "device" | "description", string>>;
  /** Whether a program on the processor plays it. */
  readonly isFallback: boolean;
  /** Kept with the device: Dawn's bindings for Node do not hold it as long as they need it. */
  readonly gpuAdapter: GPUAdapter;
  #lost: string | null = null;
  #disposed = false;

  constructor({ adapter, device, language }: OpenDevice, maxStorageBytes?: number) {
    const { vendor, architecture, device: name, description } = adapter.info;
    this.gpuAdapter = adapter;
    this.gpu = device;
    this.limits = deviceLimits(device.limits, maxStorageBytes);
    this.features = new Set([...device.features, ...language]);
    this.adapter = { vendor, architecture, device: name, description };
    this.isFallback = isSoftware(adapter);
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

  /** As `check`, where work failed for no reason of its own: that the device was lost may be told a moment later. */
  async checkAfterFailure(op: string): Promise<void> {
    for (let turn = 0; turn < LOSS_TURNS && !this.#disposed && !this.isLost; turn++) {
      const next = new Promise((resolve) => setTimeout(resolve, TURN_MS));
      await Promise.race([this.gpu.lost, next]);
    }
    this.check(op);
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
