import type { BackendError } from "../../../errors.ts";
import type { Device } from "../device/device.ts";

/** `GPUBufferUsage` and `GPUMapMode`, which Node has no globals for. */
export const usage = { mapRead: 0x1, copySrc: 0x4, copyDst: 0x8, uniform: 0x40, storage: 0x80, queryResolve: 0x200 };
export const MAP_READ = 0x1;

/** Memory of the device, with a number by which bind groups are found again. */
export interface DeviceBuffer {
  readonly id: number;
  readonly gpu: GPUBuffer;
  readonly bytes: number;
  /** The batch of commands that used it last. */
  batch: number;
  /** Set where there was no room for it on the device: commands that use it are refused. */
  noRoom: BackendError | null;
}

/** Above this a buffer that is given back is destroyed: it would rarely fit again. */
const LARGE = 64 * 2 ** 20;

const SMALLEST = 256;

/** Bytes of the buffers that a demand is met from: four sizes in each power of two. */
export function sizeClass(bytes: number): number {
  if (bytes <= SMALLEST) return SMALLEST;
  if (bytes > LARGE) return Math.ceil(bytes / SMALLEST) * SMALLEST;
  const step = 2 ** (Math.floor(Math.log2(bytes - 1)) - 2);
  return Math.max(SMALLEST, Math.ceil(bytes / step) * step);
}

/** Who hears of the buffers of a pool. */
export interface PoolListener {
  /** Before a buffer is gone. */
  readonly onDestroy: (buffer: DeviceBuffer) => void;
  /** There is no room for a buffer: makes an error of what the device says. */
  readonly onNoRoom: (message: string) => BackendError;
}

/** Buffers by size class. One that is given back may be taken at once: the queue keeps the order of work on it. */
export class BufferPool {
  readonly #device: Device;
  readonly #free = new Map<number, DeviceBuffer[]>();
  readonly #listener: PoolListener;
  #next = 0;
  #count = 0;
  #bytes = 0;

  constructor(device: Device, listener: PoolListener) {
    this.#device = device;
    this.#listener = listener;
  }

  /** Buffers on the device and their bytes, the idle ones included. */
  get counts(): { readonly count: number; readonly bytes: number } {
    return { count: this.#count, bytes: this.#bytes };
  }

  take(bytes: number): DeviceBuffer {
    const size = this.sizeFor(bytes);
    return this.#free.get(size)?.pop() ?? this.#create(size);
  }

  give(buffer: DeviceBuffer): void {
    if (buffer.bytes > LARGE || buffer.noRoom) return this.destroy(buffer);
    const free = this.#free.get(buffer.bytes);
    if (free) free.push(buffer);
    else this.#free.set(buffer.bytes, [buffer]);
  }

  destroy(buffer: DeviceBuffer): void {
    this.#listener.onDestroy(buffer);
    buffer.gpu.destroy();
    this.#count--;
    this.#bytes -= buffer.bytes;
  }

  /** Bytes of the buffer that `take` would give. */
  sizeFor(bytes: number): number {
    const { storageBytes } = this.#device.limits;
    return Math.min(sizeClass(bytes), Math.max(SMALLEST, Math.floor(storageBytes / SMALLEST) * SMALLEST));
  }

  #create(bytes: number): DeviceBuffer {
    const { gpu } = this.#device;
    gpu.pushErrorScope("out-of-memory");
    const made = gpu.createBuffer({ size: bytes, usage: usage.storage | usage.copySrc | usage.copyDst });
    const buffer: DeviceBuffer = { id: this.#next++, gpu: made, bytes, batch: -1, noRoom: null };
    void gpu.popErrorScope().then(
      (error) => error && this.#leaveOut(buffer, error.message),
      // A device that is lost has no scopes.
      () => undefined,
    );
    this.#count++;
    this.#bytes += bytes;
    return buffer;
  }

  #leaveOut(buffer: DeviceBuffer, message: string): void {
    buffer.noRoom = this.#listener.onNoRoom(message);
    const free = this.#free.get(buffer.bytes);
    const at = free?.indexOf(buffer) ?? -1;
    if (at >= 0) free?.splice(at, 1).forEach((one) => this.destroy(one));
  }
}
