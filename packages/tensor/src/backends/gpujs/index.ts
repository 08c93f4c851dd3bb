import type { Backend, Capabilities, MemoryInfo } from "../../contract/backend.ts";
import type { StorageHandle, StorageSpec } from "../../contract/operand.ts";
import type { KernelTable } from "../../contract/kernel-table.ts";
import { checkOptionNames, type OptionNames } from "../../option-names.ts";
import { blockPackings } from "./block-packing.ts";
import { createDevice } from "./create-device.ts";
import type { GpuJsMode } from "./library.ts";
import { gpuJsKernels } from "./kernels/index.ts";
import { MAX_SHARDS } from "./residency.ts";
import { KernelContext } from "./kernel-context.ts";

export { gpuJsModes, type GpuJsMode } from "./library.ts";

export interface GpuJsOptions {
  /** Where GPU.js runs the kernels; there is no default and no fallback. */
  readonly mode: GpuJsMode;
  /** Keep f16 and bf16 tensors in 16 bits (three in two floats) instead of one f32 each; default true. */
  readonly packHalves?: boolean;
  /** Lowers the device's limit for one array of f32 elements, e.g. to leave room for others. */
  readonly maxShardElements?: number;
}

const gpuJsOptions: OptionNames<GpuJsOptions> = { mode: true, packHalves: true, maxShardElements: true };

/**
 * Backend on GPU.js (optional peer dependency `gpu.js`). f32, f16, bf16 and bool live on the device, integers on the
 * host; see `info()` for what really runs.
 *
 * @throws ArgumentError for an unknown mode, BackendError where the mode is unavailable here
 */
export async function createGpuJsBackend(options: Partial<GpuJsOptions> = {}): Promise<Backend> {
  checkOptionNames("the gpujs backend", options, gpuJsOptions);
  const { mode, packHalves = true, maxShardElements } = options;
  const device = await createDevice(mode, maxShardElements);
  return new GpuJsBackend(new KernelContext(device, packHalves), packHalves);
}

class GpuJsBackend implements Backend {
  readonly name = "gpujs";
  readonly capabilities: Capabilities;
  readonly kernels: KernelTable;
  readonly readSync?: (handle: StorageHandle) => Uint8Array;
  readonly #context: KernelContext;
  readonly #packHalves: boolean;

  constructor(context: KernelContext, packHalves: boolean) {
    const { device } = context;
    this.#context = context;
    this.#packHalves = packHalves;
    this.kernels = gpuJsKernels(context);
    this.capabilities = {
      syncRead: !device.deferred,
      byteAddressable: false,
      maxStorageBytes: 4 * device.limits.elements * MAX_SHARDS,
      threads: 1,
    };
    if (!device.deferred) this.readSync = (handle) => context.readSync(handle);
  }

  alloc(spec: StorageSpec): StorageHandle {
    return this.#context.alloc(spec);
  }

  release(handle: StorageHandle): void {
    this.#context.release(handle);
  }

  write(handle: StorageHandle, bytes: Uint8Array): void {
    this.#context.write(handle, bytes);
  }

  read(handle: StorageHandle): Promise<Uint8Array> {
    return this.#context.read(handle);
  }

  synchronize(): Promise<void> {
    return this.#context.synchronize();
  }

  memory(): MemoryInfo {
    return this.#context.memory();
  }

  info(): Readonly<Record<string, string | number | boolean>> {
    const { device, residency } = this.#context;
    const { arrays, elements, kernels, runs } = device.counts;
    return {
      backend: this.name,
      mode: device.mode,
      threads: 1,
      integers: "host",
      quantised: `${Object.keys(blockPackings).join(" and ")} packed, three bytes in a float; others are loaded as floats`,
      halves: this.#packHalves ? "packed, three in two floats" : "expanded to f32",
      maxArrayElements: device.limits.elements,
      maxArraysPerKernel: device.limits.arrays,
      // Beside the tensors' own: a table per 16-bit dtype in use.
      deviceArrays: arrays - residency.tables,
      deviceBytes: 4 * elements,
      decodeTables: residency.tables,
      kernelsBuilt: kernels,
      kernelRuns: runs,
      ...residency.moves,
    };
  }

  dispose(): void {
    this.#context.dispose();
  }
}
