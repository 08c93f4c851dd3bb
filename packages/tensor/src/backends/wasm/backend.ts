import type { Backend, Capabilities, MemoryInfo, Staging, Recorder } from "../../contract/backend.ts";
import type { StorageHandle, StorageSpec } from "../../contract/operand.ts";
import { dtypes } from "../../dtypes/dtype.ts";
import { BackendError, DisposedError } from "../../errors.ts";
import type { KernelTable } from "../../contract/kernel-table.ts";
import type { KernelContext } from "./kernel-context.ts";
import type { Executor } from "./threads/executor.ts";
import { createKernels } from "./kernels/index.ts";
import { markWritten } from "./kernels/special-halves.ts";
import { fileBytes, quantBytes, readBlocks, writeBlocks } from "./quant-store.ts";
import type { Build } from "./module.ts";
import { orNull } from "./memory/region.ts";
import { WasmRecorder } from "./recording/recorder.ts";
import { WasmStorage, wasmStorage } from "./memory/storage.ts";
import { WeightMemories } from "./memory/weight-memories.ts";

export type Report = Readonly<Record<string, string | number | boolean>>;

const isWeights = (spec: StorageSpec): boolean => spec.kind === "quant" || spec.weights === true;

/** Kernels in WebAssembly on linear memory; every op is done when its call returns. */
export class WasmBackend implements Backend {
  readonly name = "wasm";
  readonly kernels: KernelTable;
  readonly capabilities: Capabilities;
  readonly #context: KernelContext;
  readonly #weights: WeightMemories;
  readonly #executor: Executor;
  readonly #report: Report;
  #handles = 0;
  #bytes = 0;
  #peakBytes = 0;
  #disposed = false;
  #replays = 0;
  #replayReason: string | null = null;

  constructor(context: KernelContext, executor: Executor, build: Build, maxBytes: number, report: Report) {
    this.#context = context;
    this.#weights = new WeightMemories(context, executor, build, maxBytes);
    this.#executor = executor;
    this.#report = report;
    this.kernels = createKernels(context);
    this.capabilities = { syncRead: true, byteAddressable: true, maxStorageBytes: maxBytes, threads: executor.threads };
  }

  alloc(spec: StorageSpec): StorageHandle {
    this.#check();
    const bytes = spec.kind === "quant" ? quantBytes(spec) : spec.length * dtypes[spec.dtype].bytes;
    const storage = isWeights(spec)
      ? this.#weights.alloc(spec, bytes)
      : new WasmStorage(spec, this.#context.arena, bytes);
    this.#handles++;
    this.#count(storage.byteLength);
    return storage;
  }

  release(handle: StorageHandle): void {
    if (this.#disposed) return;
    const storage = wasmStorage(handle);
    // A recording that used it gives back its own bytes meanwhile.
    const bytes = storage.release();
    this.#bytes -= bytes;
    if (isWeights(storage.spec)) this.#weights.release(storage);
    this.#handles--;
  }

  write(handle: StorageHandle, bytes: Uint8Array): void {
    this.writePart(handle, 0, bytes);
  }

  writePart(handle: StorageHandle, offset: number, bytes: Uint8Array): void {
    this.#check();
    const storage = wasmStorage(handle);
    const { spec } = storage;
    if (storage.finite !== null) storage.changed("weights that it uses were written");
    storage.finite = null;
    const limit = spec.kind === "quant" ? fileBytes(spec) : storage.byteLength;
    if (offset + bytes.byteLength > limit)
      throw new BackendError("wasm", `write of ${offset + bytes.byteLength} bytes into a storage of ${limit}`);
    if (spec.kind === "quant") writeBlocks(this.#context.at({ handle }), storage, spec, offset, bytes);
    else {
      this.#context.at({ handle }).put(storage.address + offset, bytes);
      storage.arena.recorded?.log.write(storage.address + offset, bytes);
      markWritten(this.#context, storage, offset, bytes.byteLength);
    }
  }

  stage(bytes: number): Staging | null {
    this.#check();
    const { arena } = this.#context;
    const lent = orNull(() => arena.lend(bytes));
    return lent && { bytes: lent.bytes, release: () => arena.releaseOwn(lent.address, bytes) };
  }

  async read(handle: StorageHandle): Promise<Uint8Array> {
    return this.readSync(handle);
  }

  readSync(handle: StorageHandle): Uint8Array {
    this.#check();
    const storage = wasmStorage(handle);
    const { address, byteLength, spec } = storage;
    storage.arena.recorded?.log.refuse("a part of it is read by the host");
    if (spec.kind === "quant") return readBlocks(this.#context.at({ handle }), storage, spec);
    // A copy on the ordinary heap: decoders and file systems refuse shared memory.
    const copy = new Uint8Array(byteLength);
    copy.set(storage.arena.u8.subarray(address, address + byteLength));
    return copy;
  }

  async synchronize(): Promise<void> {
    this.#check();
  }

  memory(): MemoryInfo {
    return { handles: this.#handles, bytes: this.#bytes, peakBytes: this.#peakBytes };
  }

  createRecorder(): Recorder {
    this.#check();
    const [context, executor] = [this.#context, this.#executor];
    return new WasmRecorder({
      ...{ context, executor },
      count: (bytes) => this.#count(bytes),
      noteRun: (reason) => {
        if (reason === null) this.#replays++;
        this.#replayReason = reason;
      },
    });
  }

  info(): Report {
    return {
      ...this.#report,
      memories: this.#weights.count,
      memoryBytes: this.#weights.byteLength,
      kernelMs: this.#executor.kernelMs,
      replays: this.#replays,
      ...(this.#replayReason !== null && { replayReason: this.#replayReason }),
    };
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#executor.dispose();
    this.#weights.close();
    this.#handles = 0;
    this.#bytes = 0;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#peakBytes = Math.max(this.#peakBytes, this.#bytes);
  }

  #check(): void {
    if (this.#disposed) throw new DisposedError("wasm", "backend was disposed; create a new one");
  }
}
