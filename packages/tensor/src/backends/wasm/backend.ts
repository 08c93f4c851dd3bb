import type { Backend, Capabilities, MemoryInfo, OpDTypes, StorageHandle, StorageSpec } from "../../backend.ts";
import { dtypes, isFloat } from "../../dtype.ts";
import { BackendError, DisposedError } from "../../errors.ts";
import type { CoreKernels, FusedKernels, Int8Kernels, OpName, QuantFusedKernels, QuantKernels } from "../../kernels.ts";
import type { Device } from "./device.ts";
import type { Executor } from "./executor.ts";
import { createKernels } from "./kernels/index.ts";
import { fileBytes, quantBytes, readBlocks, writeBlocks } from "./quant-store.ts";
import type { Build } from "./module.ts";
import { WasmStorage, wasmStorage } from "./storage.ts";
import { WeightMemories } from "./weight-memories.ts";

/** Fused ops with a kernel, by the name of each input that is an activation. */
const fused: ReadonlySet<OpName> = new Set<OpName>([
  "softmax",
  "rmsNorm",
  "layerNorm",
  "rope",
  "gatedActivation",
  "linear",
  "attention",
  "int8Scales",
  "int8Levels",
  "quantMatmul",
  "quantProjections",
  "quantGatedProjection",
  "quantResidualProjection",
  "gatherQuant",
]);

/** Inputs of the fused ops that may be stored in any float dtype beside f32 activations. */
const stored: ReadonlySet<string> = new Set(["weight", "bias", "norm", "keys", "values"]);

/** Inputs that may be 8-bit levels. */
const pools: ReadonlySet<string> = new Set(["keys", "values"]);

export type Report = Readonly<Record<string, string | number | boolean>>;

const isWeights = (spec: StorageSpec): boolean => spec.kind === "quant" || spec.weights === true;

/** Kernels in WebAssembly on linear memory; every op is done when its call returns. */
export class WasmBackend implements Backend {
  readonly name = "wasm";
  readonly kernels: CoreKernels & FusedKernels & QuantKernels & QuantFusedKernels & Int8Kernels;
  readonly capabilities: Capabilities;
  readonly #device: Device;
  readonly #weights: WeightMemories;
  readonly #executor: Executor;
  readonly #report: Report;
  #handles = 0;
  #bytes = 0;
  #peakBytes = 0;
  #disposed = false;

  constructor(device: Device, executor: Executor, build: Build, maxBytes: number, report: Report) {
    this.#device = device;
    this.#weights = new WeightMemories(device, executor, build, maxBytes);
    this.#executor = executor;
    this.#report = report;
    this.kernels = createKernels(device);
    this.capabilities = { syncRead: true, byteAddressable: true, maxStorageBytes: maxBytes, threads: executor.threads };
  }

  supports(op: OpName, { out, inputs }: OpDTypes): boolean {
    if (!fused.has(op)) return true;
    if (op === "int8Levels") return inputs["x"] === "f32";
    if (out !== "f32") return false;
    for (const name in inputs) {
      const dtype = inputs[name];
      if (dtype === "i8" && pools.has(name)) continue;
      if (dtype === undefined || name === "tables" || name === "mask" || name === "indices") continue;
      if (stored.has(name) ? !isFloat(dtype) : dtype !== "f32") return false;
    }
    return true;
  }

  alloc(spec: StorageSpec): StorageHandle {
    this.#check();
    const bytes = spec.kind === "quant" ? quantBytes(spec) : spec.length * dtypes[spec.dtype].bytes;
    const storage = isWeights(spec)
      ? this.#weights.alloc(spec, bytes)
      : new WasmStorage(spec, this.#device.arena, bytes);
    this.#handles++;
    this.#bytes += storage.byteLength;
    this.#peakBytes = Math.max(this.#peakBytes, this.#bytes);
    return storage;
  }

  release(handle: StorageHandle): void {
    if (this.#disposed) return;
    const storage = wasmStorage(handle);
    this.#bytes -= storage.release();
    if (isWeights(storage.spec)) this.#weights.release(storage);
    this.#handles--;
  }

  write(handle: StorageHandle, bytes: Uint8Array): void {
    this.#check();
    const storage = wasmStorage(handle);
    const { spec } = storage;
    storage.finite = null;
    const limit = spec.kind === "quant" ? fileBytes(spec) : storage.byteLength;
    if (bytes.byteLength > limit)
      throw new BackendError("wasm", `write of ${bytes.byteLength} bytes into a storage of ${limit}`);
    if (spec.kind === "quant") writeBlocks(this.#device.at({ handle }), storage, spec, bytes);
    else storage.arena.u8.set(bytes, storage.address);
  }

  async read(handle: StorageHandle): Promise<Uint8Array> {
    return this.readSync(handle);
  }

  readSync(handle: StorageHandle): Uint8Array {
    this.#check();
    const storage = wasmStorage(handle);
    const { address, byteLength, spec } = storage;
    if (spec.kind === "quant") return readBlocks(this.#device.at({ handle }), storage, spec);
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

  info(): Report {
    return { ...this.#report, memories: this.#weights.count, memoryBytes: this.#weights.byteLength };
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#executor.dispose();
    this.#handles = 0;
    this.#bytes = 0;
  }

  #check(): void {
    if (this.#disposed) throw new DisposedError("wasm", "backend was disposed; create a new one");
  }
}
