import { BackendError, DisposedError } from "../../../errors.ts";
import { kernelNames, type KernelName, type WasmKernel } from "../kernel-names.ts";
import type { Program } from "../recording/program.ts";
import { PARAMS } from "./control.ts";
import { instantiateKernels, kernelCode } from "../module.ts";

/** Carries out one command: kernel × units, with the parameters already in place. */
export interface Executor {
  readonly threads: number;
  /** Milliseconds that the calling thread has spent on commands so far. */
  readonly kernelMs: number;
  /** @param grain fewest units worth a chunk of their own */
  run(kernel: KernelName, units: number, grain: number): void;
  /** Carries out the commands `begin … end − 1` of a program in order; default: all. */
  replay(program: Program, begin?: number, end?: number): void;
  /** The same threads on another memory. @param scratch as many addresses in it as there are threads */
  attach(memory: WebAssembly.Memory, scratch: readonly number[]): Executor;
  /** Ends the threads and lets go of the memories. */
  dispose(): void;
}

/** A trap is a bug of a kernel or of what was asked of it, never the caller's. */
export function trapError(kernel: KernelName, cause: unknown): BackendError {
  return new BackendError(kernel, "the kernel trapped; please report it with the shapes of the call", {}, { cause });
}

/** The error for a command after `dispose`. */
export const executorDisposed = (): DisposedError =>
  new DisposedError("wasm", "backend was disposed; create a new one");

/** Everything on the calling thread. */
export class SingleExecutor implements Executor {
  readonly threads = 1;
  #ownMs = 0;
  readonly #module: WebAssembly.Module;
  /** Null once disposed. */
  #kernels: readonly WasmKernel[] | null;
  readonly #scratch: number;
  readonly #attached: SingleExecutor[] = [];

  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, scratch: number) {
    this.#module = module;
    this.#kernels = instantiateKernels(module, memory);
    this.#scratch = scratch;
  }

  get kernelMs(): number {
    return this.#attached.reduce((sum, { kernelMs }) => sum + kernelMs, this.#ownMs);
  }

  attach(memory: WebAssembly.Memory, [scratch]: readonly number[]): Executor {
    const executor = new SingleExecutor(this.#module, memory, scratch);
    this.#attached.push(executor);
    return executor;
  }

  run(kernel: KernelName, units: number): void {
    if (units === 0) return;
    const kernels = this.#kernels;
    if (kernels === null) throw executorDisposed();
    const start = performance.now();
    try {
      kernels[kernelCode(kernel)](PARAMS, 0, units, this.#scratch);
    } catch (cause) {
      throw trapError(kernel, cause);
    }
    this.#ownMs += performance.now() - start;
  }

  replay({ length, kernels, units, params }: Program, begin = 0, end = length): void {
    const own = this.#kernels;
    if (own === null) throw executorDisposed();
    const start = performance.now();
    for (let i = begin; i < end; i++) {
      try {
        own[kernels[i]](params[i], 0, units[i], this.#scratch);
      } catch (cause) {
        throw trapError(kernelNames[kernels[i]], cause);
      }
    }
    this.#ownMs += performance.now() - start;
  }

  dispose(): void {
    this.#kernels = null;
    for (const executor of this.#attached.splice(0)) executor.dispose();
  }
}
