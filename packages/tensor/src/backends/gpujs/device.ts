import { BackendError, DisposedError } from "../../errors.ts";
import type {
  ArgumentType,
  GpuJsArgument,
  GpuJsArray,
  GpuJsFunction,
  GpuJsInstance,
  GpuJsLibrary,
  GpuJsMode,
  GpuJsShortcut,
  WebGpuContext,
} from "./library.ts";

/** A run of f32 values on the device. Never changed once made; shared by reference count. */
export interface DeviceArray {
  readonly value: GpuJsArray;
  readonly length: number;
  references: number;
}

/** A kernel's source with the values of its arguments; kernels are cached by source and types. */
export interface Program {
  readonly source: string;
  readonly functions: readonly GpuJsFunction[];
  /** `"array"` stands for whatever the mode calls a device array. */
  readonly types: readonly (ArgumentType | "array")[];
  readonly values: readonly (DeviceArray | Float32Array | number)[];
}

export interface DeviceLimits {
  /** Elements of one device array. */
  readonly elements: number;
  /** Device arrays that one kernel can read. */
  readonly arrays: number;
}

/** What the mode-dependent part of device creation gives. */
export interface DeviceParts {
  readonly library: GpuJsLibrary;
  readonly mode: GpuJsMode;
  readonly gpu: GpuJsInstance;
  readonly limits: DeviceLimits;
  /** WebGL2: the context the kernels run in. */
  readonly gl?: WebGL2RenderingContext;
  /** WebGPU: the shared device. */
  readonly webgpu?: WebGpuContext;
}

/** From this many elements on an allocation is checked for success, and nothing of its upload is kept. */
const LARGE = 2 ** 22;

const upload = "function upload(values) { return values[this.thread.x]; }";
const download = "function download(values) { return values[this.thread.x]; }";

/**
 * GPU.js in one mode: builds and caches kernels, runs them and counts what is alive. After each build it checks that
 * the kernel runs in the mode that was asked for: GPU.js' own fallback is an error here.
 */
export class Device {
  readonly mode: GpuJsMode;
  readonly limits: DeviceLimits;
  readonly #parts: DeviceParts;
  readonly #kernels = new Map<string, GpuJsShortcut>();
  readonly #checked = new WeakSet<GpuJsShortcut>();
  #download: GpuJsShortcut | null = null;
  #arrays = 0;
  #elements = 0;
  #runs = 0;
  #disposed = false;

  constructor(parts: DeviceParts) {
    this.#parts = parts;
    this.mode = parts.mode;
    this.limits = parts.limits;
  }

  /** True where runs give promises: their work is queued behind the caller's back. */
  get deferred(): boolean {
    return this.mode === "webgpu";
  }

  /** Device arrays and elements alive, kernels built and run. */
  get counts(): {
    readonly arrays: number;
    readonly elements: number;
    readonly kernels: number;
    readonly runs: number;
  } {
    return { arrays: this.#arrays, elements: this.#elements, kernels: this.#kernels.size, runs: this.#runs };
  }

  /**
   * Runs a program over `length` threads into a new array.
   *
   * @throws BackendError (or rejects with it) when the kernel does not compile, falls back to another mode, or the
   *   device is lost or out of memory
   */
  run(op: string, program: Program, length: number): DeviceArray | Promise<DeviceArray> {
    const kernel = this.#kernelFor(program, length);
    const values = program.values.map((value) => this.#argument(value));
    return this.#call(op, kernel, values, length, () => this.#forget(kernel));
  }

  /** Copies values to the device. The device may keep `values`: hand over an array of its own. */
  upload(op: string, values: Float32Array): DeviceArray | Promise<DeviceArray> {
    // Where "the device" is the JavaScript heap the array itself will do.
    if (this.mode === "cpu" || this.mode === "webasm") return this.#adopt(values, values.length);
    const program: Program = { source: upload, functions: [], types: ["Input"], values: [values] };
    if (values.length < LARGE) return this.run(op, program, values.length);
    // A kernel keeps the memory of its last upload; one of its own gives it back.
    const kernel = this.#build(program, values.length);
    const result = this.#call(op, kernel, [this.#argument(values)], values.length, () => kernel.destroy());
    if (!(result instanceof Promise)) {
      kernel.destroy();
      return result;
    }
    return result.finally(() => kernel.destroy());
  }

  /** A copy of the values, waiting for the device on the spot where it can be waited for. */
  fetch(array: DeviceArray): Float32Array | Promise<Float32Array> {
    const { value } = array;
    if (value instanceof Float32Array) return value.slice();
    this.#checkAlive("read");
    return value.toArray();
  }

  /** A copy of the values; never blocks the thread where the mode allows. */
  async read(array: DeviceArray): Promise<Float32Array> {
    const { value } = array;
    if (this.mode !== "webgl2" || value instanceof Float32Array) return this.fetch(array);
    this.#checkAlive("read");
    // An asynchronous kernel reads through a pixel buffer and a fence, where a texture's toArray would block.
    this.#download ??= this.#parts.gpu.createKernel(download, {
      ...this.#settings([this.#arrayType()], array.length),
      pipeline: false,
      asyncMode: true,
    });
    this.#download.setOutput([array.length]);
    const pending = this.#download(value);
    // The transfer is under way; the kernel need not keep a texture of this size.
    if (array.length >= LARGE) this.#download.setOutput([1]);
    const values = (await pending) as Float32Array;
    return values.length === array.length ? values : values.slice(0, array.length);
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

  #kernelFor(program: Program, length: number): GpuJsShortcut {
    const key = `${program.types.join()}\n${program.source}`;
    let kernel = this.#kernels.get(key);
    if (!kernel) {
      kernel = this.#build(program, length);
      this.#kernels.set(key, kernel);
    }
    return kernel;
  }

  #forget(kernel: GpuJsShortcut): void {
    for (const [key, known] of this.#kernels) if (known === kernel) this.#kernels.delete(key);
  }

  #build({ source, functions, types }: Program, length: number): GpuJsShortcut {
    const argumentTypes = types.map((type) => (type === "array" ? this.#arrayType() : type));
    return this.#parts.gpu.createKernel(source, { ...this.#settings(argumentTypes, length), functions });
  }

  #settings(argumentTypes: readonly ArgumentType[], length: number) {
    return {
      output: [length],
      argumentTypes,
      pipeline: true,
      immutable: true,
      dynamicOutput: true,
      dynamicArguments: true,
      precision: "single",
      tactic: "precision",
      // GPU.js' own mend for inexact division makes 0 of −0; kernels that divide integers take care themselves.
      fixIntegerDivisionAccuracy: false,
    } as const;
  }

  #arrayType(): ArgumentType {
    if (this.mode === "webgpu") return "WebGPUBuffer";
    return this.mode === "cpu" || this.mode === "webasm" ? "Array" : "ArrayTexture(1)";
  }

  #argument(value: DeviceArray | Float32Array | number): GpuJsArgument {
    if (typeof value === "number") return value;
    return value instanceof Float32Array ? this.#parts.library.input(value, [value.length]) : value.value;
  }

  #call(
    op: string,
    kernel: GpuJsShortcut,
    values: readonly GpuJsArgument[],
    length: number,
    onFailure: () => void,
  ): DeviceArray | Promise<DeviceArray> {
    const fail = (cause: unknown): never => {
      onFailure();
      throw this.#failure(op, cause);
    };
    this.#checkAlive(op);
    this.#runs++;
    try {
      // Also gives a GL kernel a fresh output texture, so that its output is never one of its arguments.
      kernel.setOutput([length]);
      const { webgpu } = this.#parts;
      if (webgpu && length >= LARGE) return this.#guarded(op, webgpu, kernel, values, length).catch(fail);
      const result = kernel(...values);
      if (result instanceof Promise) return result.then((value) => this.#accept(op, kernel, value, length)).catch(fail);
      return this.#accept(op, kernel, result, length);
    } catch (cause) {
      return fail(cause);
    }
  }

  /** A WebGPU call whose allocation is checked; one that fails would otherwise give zeros without a word. */
  async #guarded(
    op: string,
    { device }: WebGpuContext,
    kernel: GpuJsShortcut,
    values: readonly GpuJsArgument[],
    length: number,
  ): Promise<DeviceArray> {
    // A first call builds the kernel and would run it after the scopes are closed.
    if (!kernel.kernel._buildPromise) {
      kernel.setOutput([1]);
      this.release(this.#accept(op, kernel, await kernel(...values), 1));
      kernel.setOutput([length]);
    }
    device.pushErrorScope("validation");
    device.pushErrorScope("out-of-memory");
    const result = kernel(...values);
    const errors = await Promise.all([device.popErrorScope(), device.popErrorScope()]);
    const array = this.#accept(op, kernel, await result, length);
    const error = errors.find((one) => one !== null);
    if (!error) return array;
    this.release(array);
    throw new Error(error.message);
  }

  /** Takes over a kernel's result. */
  #accept(op: string, kernel: GpuJsShortcut, value: GpuJsArray, length: number): DeviceArray {
    this.#detach(kernel);
    if (!this.#checked.has(kernel)) {
      const { constructor, fallbackReason } = kernel.kernel;
      if (constructor !== this.#expectedKernel()) {
        const why = fallbackReason ?? "no reason given";
        throw new BackendError(op, `GPU.js fell back from mode ${this.mode} to another (${why}); use another mode`, {
          mode: this.mode,
          reason: why,
        });
      }
      this.#checked.add(kernel);
    }
    const { gl } = this.#parts;
    const error = gl && length >= LARGE ? gl.getError() : 0;
    if (gl && error === gl.OUT_OF_MEMORY) {
      if (!(value instanceof Float32Array)) value.delete();
      throw new Error(`out of memory for a texture of ${length} elements`);
    }
    return this.#adopt(value, length);
  }

  #adopt(value: GpuJsArray, length: number): DeviceArray {
    this.#arrays++;
    this.#elements += length;
    return { value, length, references: 1 };
  }

  /**
   * Takes the kernel's own reference off its last output. GPU.js keeps it for reuse by the next run, so that memory
   * would outlive the tensor.
   */
  #detach({ kernel }: GpuJsShortcut): void {
    if (kernel.texture) {
      kernel.texture.delete();
      kernel.texture = null;
    }
    const buffer = kernel.outputBuffer;
    if (buffer) {
      if (--buffer._refs === 0) buffer.destroy();
      kernel.outputBuffer = null;
    }
  }

  #expectedKernel(): unknown {
    const { library } = this.#parts;
    switch (this.mode) {
      case "webgpu":
        return library.WebGPUKernel;
      case "webgl2":
        return library.WebGL2Kernel;
      case "headlessgl":
        return library.HeadlessGLKernel;
      case "webasm":
        return library.WebAssemblyKernel;
      case "cpu":
        return library.CPUKernel;
    }
  }

  #checkAlive(op: string): void {
    if (this.#disposed) throw new DisposedError(op, "backend was disposed; create a new one");
    const { gl, webgpu } = this.#parts;
    if (gl?.isContextLost() === true || webgpu?.isLost === true)
      throw new BackendError(
        op,
        `the ${gl ? "WebGL context" : "WebGPU device"} of mode ${this.mode} was lost; create a new backend and load the tensors again`,
        { mode: this.mode },
      );
  }

  #failure(op: string, cause: unknown): Error {
    if (cause instanceof BackendError || cause instanceof DisposedError) return cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    const lost = /lost/.test(message);
    const what = /compil/i.test(message)
      ? "the kernel does not compile"
      : lost
        ? "the device was lost"
        : "the kernel failed";
    const mend = lost ? "create a new backend and load the tensors again" : "use another mode";
    return new BackendError(
      op,
      `${what} in mode ${this.mode} (${message.split("\n", 2).join(" ").trim()}); ${mend}`,
      { mode: this.mode, message },
      { cause },
    );
  }
}
