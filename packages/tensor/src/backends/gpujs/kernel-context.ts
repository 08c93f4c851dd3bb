import type { MemoryInfo } from "../../contract/backend.ts";
import type { Operand, StorageHandle, StorageSpec } from "../../contract/operand.ts";
import { dtypes, type TypedArray } from "../../dtypes/dtype.ts";
import { BackendError, DisposedError } from "../../errors.ts";
import { quantRowBytes } from "../../quant/row-bytes.ts";
import type { GpuJsDevice } from "./device.ts";
import { blockEncoding, halfEncoding, plainEncoding } from "./encodings.ts";
import type { DeviceArray } from "./program.ts";
import { Queue } from "./queue.ts";
import { Residency } from "./residency.ts";
import { settled, type Steps } from "./steps.ts";
import { GpuJsStorage, storageOf, type Constant, type Elements, type Shards } from "./storage.ts";
import type { KernelText } from "./source/kernel-text.ts";

/** What the kernels work with: storages, their places, the order of work and the running of kernel texts. */
export class KernelContext {
  readonly device: GpuJsDevice;
  readonly residency: Residency;
  readonly #packHalves: boolean;
  readonly #queue: Queue;
  readonly #storages = new Set<GpuJsStorage>();
  #bytes = 0;
  #peakBytes = 0;
  #disposed = false;

  constructor(device: GpuJsDevice, packHalves: boolean) {
    this.device = device;
    this.#packHalves = packHalves;
    this.#queue = new Queue(device.deferred);
    this.residency = new Residency(device, (storage, before) => {
      if (!storage.released) this.#count(storage.bytes - before);
    });
  }

  /** Queues (or runs) the work of an op that replaces the content of `out`. */
  schedule(
    op: string,
    out: Operand,
    inputs: readonly Pick<Operand, "handle">[],
    work: (target: GpuJsStorage) => Steps<void>,
  ): void {
    const target = storageOf(out.handle);
    this.#queue.run(
      op,
      [target],
      inputs.map(({ handle }) => storageOf(handle)),
      () => work(target),
    );
  }

  /** Runs a kernel text, shard by shard, into new device arrays. */
  *execute(op: string, text: KernelText): Steps<Shards> {
    const { mode, limits } = this.device;
    if (text.arrays > limits.arrays)
      throw new BackendError(
        op,
        `its inputs lie in ${text.arrays} device arrays, mode ${mode} reads ${limits.arrays} in one kernel; split the largest input`,
        { mode, arrays: text.arrays, limit: limits.arrays },
      );
    const { length } = text;
    const shardLength = limits.elements;
    const arrays: DeviceArray[] = [];
    try {
      for (let base = 0; base < length; base += shardLength) {
        const count = Math.min(shardLength, length - base);
        arrays.push(yield* settled(this.device.run(op, text.program(base), count)));
      }
    } catch (error) {
      for (const array of arrays) this.device.release(array);
      throw error;
    }
    return { kind: "shards", arrays, shardLength, length, encoding: plainEncoding("f32"), table: null };
  }

  /** An operand's elements as kernels read them. */
  source(op: string, operand: Operand): Steps<Shards | Constant> {
    return this.residency.onDevice(op, operand.handle as GpuJsStorage);
  }

  alloc(spec: StorageSpec): GpuJsStorage {
    if (this.#disposed) throw new DisposedError("gpujs", "backend was disposed; create a new one");
    const storage = spec.kind === "dense" ? this.#dense(spec) : this.#blocks(spec);
    this.#storages.add(storage);
    this.#count(storage.bytes);
    return storage;
  }

  #dense(spec: Extract<StorageSpec, { readonly kind: "dense" }>): GpuJsStorage {
    const { dtype, length } = spec;
    const half = (dtype === "f16" || dtype === "bf16") && this.#packHalves;
    // Kernels write one f32 per element, whatever is uploaded.
    const plain = plainEncoding(dtype);
    this.residency.check(length, plain, dtype);
    // Integers live in the heap in their own width, floats and bools on the device.
    const reserved = length * (dtypes[dtype].kind === "int" ? dtypes[dtype].bytes : 4);
    return new GpuJsStorage(spec, dtype, length, half ? halfEncoding(dtype) : plain, reserved);
  }

  #blocks(spec: Extract<StorageSpec, { readonly kind: "quant" }>): GpuJsStorage {
    const { format, rows, columns } = spec;
    const encoding = blockEncoding(format);
    if (!encoding)
      throw new BackendError("gpujs", `stores no ${format} matrices; load them as q8_0, q4_0 or floats`, { spec });
    const length = rows * quantRowBytes(format, columns);
    this.residency.check(length, encoding, format);
    return new GpuJsStorage(spec, "u8", length, encoding, (length / encoding.elements) * encoding.floats * 4);
  }

  release(handle: StorageHandle): void {
    if (this.#disposed) return;
    const storage = storageOf(handle);
    this.#storages.delete(storage);
    this.#count(-storage.bytes);
    storage.released = true;
    this.#queue.after(() => this.residency.put(storage, { kind: "constant", value: 0 }));
  }

  write(handle: StorageHandle, bytes: Uint8Array): void {
    const storage = storageOf(handle);
    const { dtype, length } = storage;
    const { bytes: width, view } = dtypes[dtype];
    // Weights do not wait on the heap for their first use.
    const eager = length > 0 && (storage.spec.kind === "quant" || dtypes[dtype].kind === "float");
    if (bytes.byteLength > length * width)
      throw new BackendError("gpujs", `write of ${bytes.byteLength} bytes into a storage of ${length * width}`);
    // The caller may reuse its bytes before the work is done.
    const given = bytes.slice();
    const { residency } = this;
    this.#queue.run("write", [storage], [], function* () {
      const whole = given.byteLength === length * width;
      const host = whole ? view(given.buffer, 0, length) : (yield* residency.onHost(storage)).slice();
      if (!whole) new Uint8Array(host.buffer).set(given);
      residency.putHost(storage, host);
      storage.failure = null;
      if (eager) yield* residency.onDevice("write", storage);
    });
  }

  /** Bytes of a storage, without blocking the thread where the mode allows. */
  async read(handle: StorageHandle): Promise<Uint8Array> {
    const storage = storageOf(handle);
    const { device, residency } = this;
    const { pending } = await this.#queue.result(storage, function* () {
      const { content } = storage;
      if (content.kind === "constant" || content.host || !content.device)
        return { pending: copyOf(yield* residency.onHost(storage)) };
      // Issued now, awaited outside: later work need not wait for the transfer.
      const shards = content.device;
      const parts = Promise.all(shards.arrays.map((array) => device.read(array)));
      return { pending: parts.then((values) => bytesOf(residency.decode(storage, shards, values))) };
    });
    return pending;
  }

  readSync(handle: StorageHandle): Uint8Array {
    const steps = this.residency.onHost(storageOf(handle));
    const { value, done } = steps.next();
    if (done !== true) throw new BackendError("read", `mode ${this.device.mode} has no synchronous read; await read()`);
    return copyOf(value);
  }

  async synchronize(): Promise<void> {
    await this.#queue.idle();
    await this.device.finish();
  }

  memory(): MemoryInfo {
    return { handles: this.#storages.size, bytes: this.#bytes, peakBytes: this.#peakBytes };
  }

  dispose(): void {
    if (this.#disposed) return;
    for (const storage of [...this.#storages]) this.release(storage);
    this.#disposed = true;
    this.#queue.after(() => void this.device.dispose());
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#peakBytes = Math.max(this.#peakBytes, this.#bytes);
  }
}

/** Elements of an operand's storage that are not on the device. */
export function contentOf(operand: Operand): Constant | Elements {
  return (operand.handle as GpuJsStorage).content;
}

function bytesOf(array: TypedArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function copyOf(array: TypedArray): Uint8Array {
  return bytesOf(array).slice();
}
