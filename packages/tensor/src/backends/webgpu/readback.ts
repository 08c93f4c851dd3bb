import { BackendError } from "../../errors.ts";
import { MAP_READ, sizeClass, usage } from "./storages/buffers.ts";
import type { Commands, Failable } from "./commands.ts";
import type { Device } from "./device/device.ts";
import { STATUS_BYTES, type IndexChecks } from "./index-checks.ts";
import type { WebGpuStorage } from "./storages/storage.ts";

/** Buffers kept for the next reads; larger ones are not. */
const KEPT = 8;
const LARGEST_KEPT = 16 * 2 ** 20;

/** Brings bytes from the device to the host, through buffers that can be mapped, and what kernels found about indices. */
export class Readback {
  readonly #device: Device;
  readonly #commands: Commands;
  readonly #checks: IndexChecks;
  readonly #idle: GPUBuffer[] = [];
  #submitting: Promise<void> | null = null;
  #reads = 0;

  constructor(device: Device, commands: Commands, checks: IndexChecks) {
    this.#device = device;
    this.#commands = commands;
    this.#checks = checks;
  }

  /** Times that bytes were brought to the host. */
  get reads(): number {
    return this.#reads;
  }

  /** A copy of a storage, after all queued work. @throws what went wrong with what is in it */
  async read(storage: WebGpuStorage): Promise<Uint8Array> {
    const bytes = await this.#fetch(storage);
    const error = storage.failure ?? storage.checks.find(({ outcome }) => outcome instanceof Error)?.outcome;
    if (!(error instanceof Error)) return bytes;
    this.#commands.reported(error);
    throw error;
  }

  /** Finds out about all indices that were used so far. */
  async settleChecks(): Promise<void> {
    if (this.#checks.hasOpen) await this.#fetch(null);
  }

  async #fetch(storage: WebGpuStorage | null): Promise<Uint8Array> {
    const open = this.#checks.take();
    const length = storage ? Math.ceil(storage.byteLength / 4) * 4 : 0;
    const bytes = length + (open.length > 0 ? STATUS_BYTES : 0);
    if (bytes === 0) return new Uint8Array(0);
    this.#reads++;
    const staging = this.#take(bytes);
    // A batch that the device refuses copies nothing.
    const copied: Failable = { failure: null };
    this.#commands.writes(copied);
    if (storage && length > 0) this.#commands.copy(storage.buffer, 0, staging, 0, length);
    if (open.length > 0) this.#commands.copy(this.#checks.buffer, 0, staging, length, STATUS_BYTES);
    await this.#submit();
    try {
      await staging.mapAsync(MAP_READ, 0, bytes);
      await this.#commands.settled();
    } catch (cause) {
      await this.#device.checkAfterFailure("read");
      throw new BackendError("read", "the device does not hand out what it computed", {}, { cause });
    }
    this.#device.check("read");
    if (copied.failure) {
      this.#commands.reported(copied.failure);
      throw copied.failure;
    }
    const mapped = staging.getMappedRange(0, bytes);
    const copy = new Uint8Array(mapped, 0, storage?.byteLength ?? 0).slice();
    if (open.length > 0) this.#checks.settle(open, new Uint32Array(mapped, length));
    staging.unmap();
    this.#give(staging);
    return copy;
  }

  /** Submits once for all that is read at one time. */
  #submit(): Promise<void> {
    return (this.#submitting ??= Promise.resolve().then(() => {
      this.#submitting = null;
      if (!this.#device.isDisposed) this.#commands.flush();
    }));
  }

  #take(bytes: number): GPUBuffer {
    const size = sizeClass(bytes);
    const i = this.#idle.findIndex((one) => one.size === size);
    if (i >= 0) return this.#idle.splice(i, 1)[0];
    return this.#device.gpu.createBuffer({ size, usage: usage.mapRead | usage.copyDst });
  }

  #give(buffer: GPUBuffer): void {
    if (buffer.size > LARGEST_KEPT) return buffer.destroy();
    this.#idle.unshift(buffer);
    this.#idle.splice(KEPT).forEach((one) => one.destroy());
  }
}
