import { BackendError, WorkersRefusedError } from "../../../errors.ts";
import { startWorker, type WorkerHandle } from "../../../workers/start-worker.ts";
import { chunksOf } from "./chunks.ts";
import { CHUNKS_BITS, control as words, MAX_CHUNKS, PARAMS, pause, SPINS } from "./control.ts";
import { executorDisposed, trapError, type Executor } from "./executor.ts";
import { kernelNames, type KernelName, type WasmKernel } from "../kernel-names.ts";
import { instantiateKernels, kernelCode } from "../module.ts";
import type { Program } from "../recording/program.ts";
import { workerMain, type AttachMessage } from "./worker-main.ts";

/** A chunk that takes longer than this has died with its worker. */
const PATIENCE_MS = 20_000;
/** How long the calling thread sleeps before it looks again. */
const LOOK_MS = 100;
/** Workers that have not reported by then do not start here. */
const START_MS = 20_000;

export interface PoolOptions {
  readonly threads: number;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Scratch of each thread, the calling one first. */
  readonly scratch: readonly number[];
}

/** The calling thread's instance on a memory, and its scratch there. */
interface OwnShare {
  readonly kernels: readonly WasmKernel[];
  readonly scratch: number;
}

/** Workers on shared memories; the calling thread is the first of them. */
export class ThreadPool implements Executor {
  readonly threads: number;
  kernelMs = 0;
  readonly #control = new Int32Array(new SharedArrayBuffer(4 * words.length));
  readonly #module: WebAssembly.Module;
  readonly #own: OwnShare[] = [];
  readonly #workers: WorkerHandle<AttachMessage>[] = [];
  readonly #canWait = typeof window === "undefined";
  #number = 0;
  #death: string | null = null;
  #disposed = false;

  private constructor({ threads, module, memory, scratch }: PoolOptions) {
    this.threads = threads;
    this.#module = module;
    this.#addOwn(memory, scratch);
  }

  /** @throws WorkersRefusedError when a worker does not start */
  static async start(options: PoolOptions): Promise<ThreadPool> {
    const pool = new ThreadPool(options);
    try {
      await pool.#startWorkers(options);
    } catch (error) {
      pool.dispose();
      throw error;
    }
    return pool;
  }

  run(kernel: KernelName, units: number, grain: number): void {
    this.#run(0, kernel, units, grain);
  }

  replay(program: Program, begin = 0, end = program.length): void {
    this.#replay(0, program, begin, end);
  }

  /** Workers hear of the memory in their event loop, where its number in the control words sends them. */
  attach(memory: WebAssembly.Memory, scratch: readonly number[]): Executor {
    const arena = this.#addOwn(memory, scratch);
    this.#workers.forEach((worker, n) => worker.post(this.#message(memory, arena, scratch[n + 1])));
    Atomics.notify(this.#control, words.ticket);
    return {
      threads: this.threads,
      // The pool's count is of all its memories.
      kernelMs: 0,
      run: (kernel, units, grain) => this.#run(arena, kernel, units, grain),
      replay: (program, begin = 0, end = program.length) => this.#replay(arena, program, begin, end),
      attach: (other, otherScratch) => this.attach(other, otherScratch),
      dispose: () => this.dispose(),
    };
  }

  #addOwn(memory: WebAssembly.Memory, [scratch]: readonly number[]): number {
    this.#own.push({ kernels: instantiateKernels(this.#module, memory), scratch });
    Atomics.store(this.#control, words.arenas, this.#own.length);
    return this.#own.length - 1;
  }

  #message(memory: WebAssembly.Memory, arena: number, scratch: number): AttachMessage {
    return {
      ...{ control: this.#control, words, names: kernelNames, module: this.#module, memory, arena, scratch },
      ...{ spins: SPINS, chunkMask: MAX_CHUNKS },
    };
  }

  #run(arena: number, kernel: KernelName, units: number, grain: number): void {
    this.#check();
    const { step, chunks } = chunksOf(units, grain, this.threads);
    const start = performance.now();
    this.#command(arena, kernelCode(kernel), PARAMS, units, step, chunks);
    this.kernelMs += performance.now() - start;
  }

  #replay(arena: number, program: Program, begin: number, end: number): void {
    this.#check();
    const { kernels, params, units, steps, chunks } = program;
    const start = performance.now();
    for (let i = begin; i < end; i++) this.#command(arena, kernels[i], params[i], units[i], steps[i], chunks[i]);
    this.kernelMs += performance.now() - start;
  }

  #check(): void {
    if (this.#disposed) throw executorDisposed();
    if (this.#death !== null) throw this.#deathError();
  }

  /** One command, done when this returns. */
  #command(arena: number, kernel: number, params: number, units: number, step: number, chunks: number): void {
    if (chunks <= 1) return this.#call(arena, kernel, params, 0, units);
    const control = this.#control;
    control[words.kernel] = kernel;
    control[words.arena] = arena;
    control[words.units] = units;
    control[words.step] = step;
    control[words.params] = params;
    Atomics.store(control, words.done, 0);
    this.#number = (this.#number + 1) & 0x1fffff;
    Atomics.store(control, words.ticket, (this.#number << CHUNKS_BITS) | chunks);
    if (Atomics.load(control, words.asleep) > 0) Atomics.notify(control, words.ticket);
    for (;;) {
      const seen = Atomics.load(control, words.ticket);
      const left = seen & MAX_CHUNKS;
      if (left === 0) break;
      if (Atomics.compareExchange(control, words.ticket, seen, seen - 1) !== seen) continue;
      const begin = (left - 1) * step;
      this.#call(arena, kernel, params, begin, Math.min(begin + step, units));
      Atomics.add(control, words.done, 1);
    }
    this.#join(chunks);
    if (Atomics.load(control, words.failed) !== 0) {
      Atomics.store(control, words.failed, 0);
      throw trapError(kernelNames[kernel], undefined);
    }
  }

  dispose(): void {
    this.#disposed = true;
    for (const worker of this.#workers) worker.terminate();
    this.#workers.length = 0;
    this.#own.length = 0;
  }

  #call(arena: number, kernel: number, params: number, begin: number, end: number): void {
    if (end === 0) return;
    const { kernels, scratch } = this.#own[arena];
    try {
      kernels[kernel](params, begin, end, scratch);
    } catch (cause) {
      throw trapError(kernelNames[kernel], cause);
    }
  }

  #join(chunks: number): void {
    const control = this.#control;
    for (let i = 0; i < SPINS; i++) {
      if (Atomics.load(control, words.done) === chunks) return;
      pause?.();
    }
    let [waitedMs, looked] = [0, performance.now()];
    for (;;) {
      const done = Atomics.load(control, words.done);
      if (done === chunks) return;
      if (this.#canWait) Atomics.wait(control, words.done, done, LOOK_MS);
      const now = performance.now();
      // A process that was stopped, its workers with it, has waited for no more than one look.
      waitedMs += Math.min(now - looked, 2 * LOOK_MS);
      looked = now;
      if (waitedMs > PATIENCE_MS) {
        this.#death = `no answer for ${PATIENCE_MS} ms`;
        throw this.#deathError();
      }
    }
  }

  #deathError(): BackendError {
    return new BackendError(
      "wasm",
      `a worker died (${this.#death}) and its work is lost; create the backend again, or run with threads: 1`,
      { reason: this.#death },
    );
  }

  async #startWorkers({ memory, scratch }: PoolOptions): Promise<void> {
    await Promise.all(
      scratch.slice(1).map(async (address) => {
        let ready = (): void => {};
        let failed = (_: Error): void => {};
        const started = new Promise<void>((resolve, reject) => {
          ready = resolve;
          failed = reject;
        });
        const worker = await startWorker<AttachMessage, string>({
          role: "wasm-thread",
          main: () => workerMain.toString(),
          onMessage: () => ready(),
          onDeath: (reason) => {
            if (this.#disposed) return;
            this.#death = reason;
            failed(new WorkersRefusedError(reason));
          },
        });
        // Another worker's failure has ended the pool meanwhile.
        if (this.#disposed) return worker.terminate();
        this.#workers.push(worker);
        worker.post(this.#message(memory, 0, address));
        const timer = setTimeout(() => failed(new WorkersRefusedError(`none started in ${START_MS} ms`)), START_MS);
        await started.finally(() => clearTimeout(timer));
      }),
    );
  }
}
