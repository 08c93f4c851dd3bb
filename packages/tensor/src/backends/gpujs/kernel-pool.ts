import { BackendError, DisposedError } from "../../errors.ts";
import type {
  ArgumentType,
  GpuJsArgument,
  GpuJsArray,
  GpuJsInstance,
  GpuJsLibrary,
  GpuJsMode,
  GpuJsShortcut,
  WebGpuContext,
} from "./library.ts";
import type { DeviceArray, Program } from "./program.ts";

/** What starting a mode gives. */
export interface DeviceParts {
  readonly library: GpuJsLibrary;
  readonly mode: GpuJsMode;
  readonly gpu: GpuJsInstance;
  /** WebGL2: the context the kernels run in. */
  readonly gl?: WebGL2RenderingContext;
  /** WebGPU: the shared device. */
  readonly webgpu?: WebGpuContext;
}

/** From this many elements on an allocation is checked for success, and nothing of an upload is kept. */
export const LARGE = 2 ** 22;

/**
 * Builds kernels, keeps them by source and runs them. After each build it checks that the kernel runs in the mode that
 * was asked for: GPU.js' own fallback is an error here.
 */
export class KernelPool {
  readonly #parts: DeviceParts;
  readonly #kernels = new Map<string, GpuJsShortcut>();
  #runs = 0;

  constructor(parts: DeviceParts) {
    this.#parts = parts;
  }

  /** Kernels built, and how often any was run. */
  get counts(): { readonly kernels: number; readonly runs: number } {
    return { kernels: this.#kernels.size, runs: this.#runs };
  }

  /** Type that GPU.js gives to a device array as argument. */
  get arrayType(): ArgumentType {
    const { mode } = this.#parts;
    if (mode === "webgpu") return "WebGPUBuffer";
    return mode === "cpu" || mode === "webasm" ? "Array" : "ArrayTexture(1)";
  }

  /**
   * Runs a program over `length` threads. A kernel that is not `kept` is destroyed after its only run, with the memory
   * GPU.js holds for it.
   *
   * @throws BackendError (or rejects with it) when the kernel does not compile or falls back, or the device is lost or
   *   out of memory
   */
  run(op: string, program: Program, length: number, kept = true): GpuJsArray | Promise<GpuJsArray> {
    const key = `${program.types.join()}\n${program.source}`;
    const known = kept ? this.#kernels.get(key) : undefined;
    const kernel = known ?? this.#build(program, length);
    if (kept) this.#kernels.set(key, kernel);
    const fail = (cause: unknown): never => {
      if (this.#kernels.get(key) === kernel) this.#kernels.delete(key);
      throw this.#failure(op, cause);
    };
    const accept = (value: GpuJsArray): GpuJsArray => {
      this.#detach(kernel);
      if (!known) this.#checkMode(op, kernel);
      if (!kept) kernel.destroy();
      this.#checkMemory(value, length);
      return value;
    };
    this.#runs++;
    try {
      // Also gives a GL kernel a fresh output texture, so that its output is never one of its arguments.
      kernel.setOutput([length]);
      const values = program.values.map((value) => this.#argument(value));
      const { webgpu } = this.#parts;
      const large = webgpu && length >= LARGE;
      const result = large ? this.#guarded(webgpu, kernel, values, length) : kernel(...values);
      return result instanceof Promise ? result.then(accept).catch(fail) : accept(result);
    } catch (cause) {
      return fail(cause);
    }
  }

  #build({ source, functions, types }: Program, length: number): GpuJsShortcut {
    return this.#parts.gpu.createKernel(source, {
      output: [length],
      argumentTypes: types.map((type) => (type === "array" ? this.arrayType : type)),
      functions,
      pipeline: true,
      immutable: true,
      dynamicOutput: true,
      dynamicArguments: true,
      precision: "single",
      tactic: "precision",
      // GPU.js' own mend for inexact division makes 0 of −0; kernels that divide integers take care themselves.
      fixIntegerDivisionAccuracy: false,
    });
  }

  #argument(value: DeviceArray | Float32Array | number): GpuJsArgument {
    if (typeof value === "number") return value;
    return value instanceof Float32Array ? this.#parts.library.input(value, [value.length]) : value.value;
  }

  /** A WebGPU call whose allocation is checked; one that fails would otherwise give zeros without a word. */
  async #guarded(
    { device }: WebGpuContext,
    kernel: GpuJsShortcut,
    values: readonly GpuJsArgument[],
    length: number,
  ): Promise<GpuJsArray> {
    // A first call builds the kernel and would run it after the scopes are closed.
    if (!kernel.kernel._buildPromise) {
      kernel.setOutput([1]);
      discard(await kernel(...values));
      this.#detach(kernel);
      kernel.setOutput([length]);
    }
    device.pushErrorScope("validation");
    device.pushErrorScope("out-of-memory");
    const pending = kernel(...values);
    const errors = await Promise.all([device.popErrorScope(), device.popErrorScope()]);
    const value = await pending;
    const error = errors.find((one) => one !== null);
    if (!error) return value;
    discard(value);
    throw new Error(error.message);
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

  #checkMode(op: string, { kernel }: GpuJsShortcut): void {
    const { mode } = this.#parts;
    if (kernel.constructor === this.#expectedKernel()) return;
    const reason = kernel.fallbackReason ?? "no reason given";
    throw new BackendError(op, `GPU.js fell back from mode ${mode} to another (${reason}); use another mode`, {
      mode,
      reason,
    });
  }

  /** WebGL tells of memory it did not get only when asked, and asking waits for it: done for large outputs only. */
  #checkMemory(value: GpuJsArray, length: number): void {
    const { gl } = this.#parts;
    if (!gl || length < LARGE || gl.getError() !== gl.OUT_OF_MEMORY) return;
    discard(value);
    throw new Error(`out of memory for a texture of ${length} elements`);
  }

  #expectedKernel(): unknown {
    const { library, mode } = this.#parts;
    switch (mode) {
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

  #failure(op: string, cause: unknown): Error {
    if (cause instanceof BackendError || cause instanceof DisposedError) return cause;
    const { mode } = this.#parts;
    const message = cause instanceof Error ? cause.message : String(cause);
    const said = message.split("\n", 2).join(" ").trim();
    const [what, mend] = diagnosis(message);
    return new BackendError(op, `${what} in mode ${mode} (${said}); ${mend}`, { mode, message }, { cause });
  }
}

/** What went wrong and what to do, from what GPU.js says. */
function diagnosis(message: string): readonly [what: string, mend: string] {
  if (/lost/i.test(message)) return ["the device was lost", "create a new backend and load the tensors again"];
  if (/memory|exceed|allow|larger than/i.test(message))
    return ["the device has no room for the result", "free tensors, split the work or use another mode"];
  if (/compil|declar|not defined|unexpected/i.test(message)) return ["the kernel does not compile", "use another mode"];
  return ["the kernel failed", "use another mode"];
}

function discard(value: GpuJsArray): void {
  if (!(value instanceof Float32Array)) value.delete();
}
