import { BackendError, DisposedError } from "../../errors.ts";
import { KernelPool, LARGE, type DeviceParts } from "./kernel-pool.ts";
import type { GpuJsArray, GpuJsMode, GpuJsShortcut } from "./library.ts";
import type { DeviceArray, Program } from "./program.ts";

export interface DeviceLimits {
  /** Elements of one device array. */
  readonly elements: number;
  /** Device arrays that one kernel can read. */
  readonly arrays: number;
}

const upload = "function upload(values) { return values[this.thread.x]; }";
const download = "function download(values) { return values[this.thread.x]; }";

/** GPU.js in one mode: runs programs, moves values and counts what is alive. */
export class GpuJsDevice {
  readonly mode: GpuJsMode;
  readonly limits: DeviceLimits;
  readonly #parts: DeviceParts;
  readonly #pool: KernelPool;
  #download: GpuJsShortcut | null = null;
  #arrays = 0;
  #elements = 0;
  #disposed = false;

  constructor(parts: DeviceParts, limits: DeviceLimits) {
    this.mode = parts.mode;
    this.limits = limits;
    this.#parts = parts;
    this.#pool = new KernelPool(parts);
  }

  /** True where runs give promises: their work is queued behind the caller's back. */
  get deferred(): boolean {
    return this.mode === "webgpu";
  }

  /** Device arrays and their elements alive, kernels built and run. */
  get counts(): Readonly<Record<"arrays" | "elements" | "kernels" | "runs", number>> {
    return { arrays: this.#arrays, elements: this.#elements, ...this.#pool.counts };
  }

  /** Runs a program over `length` threads into a new array. @throws BackendError, or rejects with it */
  run(op: string, program: Program, length: number): DeviceArray | Promise<DeviceArray> {
    this.#checkAlive(op);
    return this.#adopted(this.#pool.run(op, program, length), length);
  }

  /** Copies values to the device. The device may keep `values`: hand over an array of its own. */
  upload(op: string, values: Float32Array): DeviceArray | Promise<DeviceArray> {
    // Where "the device" is the JavaScript heap the array itself will do.
    if (this.mode === "cpu" || this.mode === "webasm") return this.#adopt(values, values.length);
    this.#checkAlive(op);
    const program: Program = { source: upload, functions: [], types: ["Input"], values: [values] };
    const large = values.length >= LARGE;
    // GPU.js keeps the memory of a kernel's last upload. A WebGPU kernel gives it back when destroyed; a texture needs
    // the kernel that made it, but its memory shrinks to that of the next upload.
    const array = this.#adopted(this.#pool.run(op, program, values.length, !(large && this.deferred)), values.length);
    if (large && !(array instanceof Promise)) this.#shrinkUpload(op);
    return array;
  }

  /** A copy of the values, waiting for the device on the spot where it can be waited for. */
  fetch({ value }: DeviceArray): Float32Array | Promise<Float32Array> {
    if (value instanceof Float32Array) return value.slice();
    this.#checkAlive("read");
    return value.toArray();
  }

  /** A copy of the values; never blocks the thread where the mode allows. */
  async read(array: DeviceArray): Promise<Float32Array> {
    const { value, length } = array;
    if (this.mode !== "webgl2" || value instanceof Float32Array) return this.fetch(array);
    this.#checkAlive("read");
    const kernel = (this.#download ??= this.#buildDownload(length));
    kernel.setOutput([length]);
    const pending = kernel(value);
    // The transfer is under way; the kernel need not keep a texture of this size.
    if (length >= LARGE) kernel.setOutput([1]);
    const values = (await pending) as Float32Array;
    return values.length === length ? values : values.slice(0, length);
  }

  /** Resolves when the device has done all work given to it. */
  async finish(): Promise<void> {
    const { gl, webgpu } = this.#parts;
    if (this.#disposed) return;
    if (webgpu && !webgpu.isLost) await webgpu.device.queue.onSubmittedWorkDone();
    // WebGL works in order: a value computed now comes after everything else.
    if (gl && !gl.isContextLost()) {
      const last = await this.upload("synchronize", new Float32Array(1));
      await this.read(last).finally(() => this.release(last));
    }
  }

  retain(array: DeviceArray): DeviceArray {
    array.references++;
    return array;
  }

  release(array: DeviceArray): void {
    if (--array.references > 0) return;
    this.#arrays--;
    this.#elements -= array.length;
    if (!(array.value instanceof Float32Array)) array.value.delete();
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    const { gl, gpu } = this.#parts;
    try {
      await gpu.destroy();
    } catch {
      // GPU.js trips over a context that is lost already; there is nothing left to free then.
    }
    gl?.getExtension("WEBGL_lose_context")?.loseContext();
  }

  #adopted(value: GpuJsArray | Promise<GpuJsArray>, length: number): DeviceArray | Promise<DeviceArray> {
    if (value instanceof Promise) return value.then((made) => this.#adopt(made, length));
    return this.#adopt(value, length);
  }

  #adopt(value: GpuJsArray, length: number): DeviceArray {
    this.#arrays++;
    this.#elements += length;
    return { value, length, references: 1 };
  }

  #shrinkUpload(op: string): void {
    const small = this.upload(op, new Float32Array(1));
    if (!(small instanceof Promise)) this.release(small);
  }

  /** An asynchronous kernel reads through a pixel buffer and a fence, where a texture's toArray would block. */
  #buildDownload(length: number): GpuJsShortcut {
    return this.#parts.gpu.createKernel(download, {
      output: [length],
      argumentTypes: [this.#pool.arrayType],
      pipeline: false,
      immutable: true,
      asyncMode: true,
      dynamicOutput: true,
      dynamicArguments: true,
      precision: "single",
      tactic: "precision",
      fixIntegerDivisionAccuracy: false,
    });
  }

  #checkAlive(op: string): void {
    if (this.#disposed) throw new DisposedError(op, "backend was disposed; create a new one");
    const { gl, webgpu } = this.#parts;
    if (gl?.isContextLost() !== true && webgpu?.isLost !== true) return;
    const what = gl ? "WebGL context" : "WebGPU device";
    throw new BackendError(
      op,
      `the ${what} of mode ${this.mode} was lost; create a new backend and load the tensors again`,
      { mode: this.mode },
    );
  }
}
