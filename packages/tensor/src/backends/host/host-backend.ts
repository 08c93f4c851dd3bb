import type { Backend, Capabilities, MemoryInfo } from "../../contract/backend.ts";
import type { StorageHandle, StorageSpec } from "../../contract/operand.ts";
import type { KernelTable } from "../../contract/kernel-table.ts";
import { HostMemory } from "./host-memory.ts";

/** A backend whose kernels run at once, on typed arrays, on the calling thread. */
export class HostBackend implements Backend {
  readonly name: string;
  readonly kernels: KernelTable;
  readonly capabilities: Capabilities = {
    syncRead: true,
    byteAddressable: true,
    // V8's limit for one ArrayBuffer.
    maxStorageBytes: 2 ** 33,
    threads: 1,
  };
  readonly #memory: HostMemory;

  constructor(name: string, kernels: KernelTable) {
    this.name = name;
    this.kernels = kernels;
    this.#memory = new HostMemory(name);
  }

  alloc(spec: StorageSpec): StorageHandle {
    return this.#memory.alloc(spec);
  }

  release(handle: StorageHandle): void {
    this.#memory.release(handle);
  }

  write(handle: StorageHandle, bytes: Uint8Array): void {
    this.#memory.write(handle, bytes);
  }

  writePart(handle: StorageHandle, offset: number, bytes: Uint8Array): void {
    this.#memory.write(handle, bytes, offset);
  }

  read(handle: StorageHandle): Promise<Uint8Array> {
    return Promise.resolve(this.#memory.read(handle));
  }

  readSync(handle: StorageHandle): Uint8Array {
    return this.#memory.read(handle);
  }

  synchronize(): Promise<void> {
    return Promise.resolve();
  }

  memory(): MemoryInfo {
    return this.#memory.info();
  }

  info(): Readonly<Record<string, string | number | boolean>> {
    return { backend: this.name, threads: 1 };
  }

  dispose(): void {
    this.#memory.dispose();
  }
}
