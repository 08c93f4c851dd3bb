import { BackendError } from "../../errors.ts";
import { CHUNKS_BITS, control as words, MAX_CHUNKS, PARAMS, SPINS } from "./control.ts";
import { trapError, type Executor } from "./executor.ts";
import { kernelNames, type KernelName, type WasmKernel } from "./kernel-names.ts";
import { kernelCode } from "./module.ts";
import { startWorker, type WorkerHost } from "./worker-host.ts";

/** Chunks per thread and command: a thread that is late or slow takes fewer. */
const CHUNKS_PER_THREAD = 4;
/** A chunk that takes longer than this has died with its worker. */
const PATIENCE_MS = 20_000;
/** Workers that have not reported by then do not start here. */
const START_MS = 20_000;

export interface PoolOptions {
  readonly threads: number;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** The calling thread's instance. */
  readonly kernels: readonly WasmKernel[];
  /** Scratch of each thread, the calling one first. */
  readonly scratch: readonly number[];
}

/** Workers on one shared memory; the calling thread is the first of them. */
export class ThreadPool implements Executor {
  readonly threads: number;
  readonly #control = new Int32Array(new SharedArrayBuffer(4 * words.length));
  readonly #options: PoolOptions;
  readonly #workers: WorkerHost[] = [];
  readonly #canWait = typeof window === "undefined";
  #number = 0;
  #death: string | null = null;
  #disposed = false;

  private constructor(options: PoolOptions) {
    this.threads = options.threads;
    this.#options = options;
  }

  /** @throws BackendError when a worker does not start */
  static async start(options: PoolOptions): Promise<ThreadPool> {
    const pool = new ThreadPool(options);
    try {
      await pool.#startWorkers();
    } catch (error) {
      pool.dispose();
      throw error;
    }
    return pool;
  }

  run(kernel: KernelName, units: number, grain: number): void {
    if (this.#death !== null) throw this.#deathError();
    if (units === 0) return;
    const wanted = Math.min(Math.ceil(units / grain), this.threads * CHUNKS_PER_THREAD, MAX_CHUNKS);
    const step = Math.ceil(units / wanted);
    const chunks = Math.ceil(units / step);
    if (chunks <= 1) return this.#call(kernel, 0, units);
    const control = this.#control;
    control[words.kernel] = kernelCode(kernel);
    control[words.arena] = 0;
    control[words.units] = units;
    control[words.step] = step;
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
      this.#call(kernel, begin, Math.min(begin + step, units));
      Atomics.add(control, words.done, 1);
    }
    this.#join(chunks);
    if (Atomics.load(control, words.failed) !== 0) {
      Atomics.store(control, words.failed, 0);
      throw trapError(kernel, undefined);
    }
  }

  dispose(): void {
    this.#disposed = true;
    for (const worker of this.#workers) worker.terminate();
    this.#workers.length = 0;
  }

  #call(kernel: KernelName, begin: number, end: number): void {
    try {
      this.#options.kernels[kernelCode(kernel)](PARAMS, begin, end, this.#options.scratch[0]);
    } catch (cause) {
      throw trapError(kernel, cause);
    }
  }

  #join(chunks: number): void {
    const control = this.#control;
    for (let i = 0; i < SPINS; i++) if (Atomics.load(control, words.done) === chunks) return;
    const start = performance.now();
    for (;;) {
      const done = Atomics.load(control, words.done);
      if (done === chunks) return;
      if (this.#canWait) Atomics.wait(control, words.done, done, 100);
      if (performance.now() - start > PATIENCE_MS) {
        this.#death = `no answer for ${PATIENCE_MS} ms`;
        throw this.#deathError();
      }
    }
  }

  #deathError(): BackendError {
    return new BackendError(
      "wasm",
      `a worker died (${this.#death}), its work is lost; create the backend anew, or run with threads: 1`,
      { reason: this.#death },
    );
  }

  async #startWorkers(): Promise<void> {
    const { module, memory, scratch } = this.#options;
    await Promise.all(
      scratch.slice(1).map(async (address) => {
        let ready = (): void => {};
        let failed = (_: Error): void => {};
        const started = new Promise<void>((resolve, reject) => {
          ready = resolve;
          failed = reject;
        });
        const worker = await startWorker({
          onMessage: () => ready(),
          onDeath: (reason) => {
            if (this.#disposed) return;
            this.#death = reason;
            failed(this.#deathError());
          },
        });
        this.#workers.push(worker);
        worker.post({
          ...{ control: this.#control, words, names: kernelNames, module, memory, arena: 0, scratch: address },
          ...{ spins: SPINS, chunkMask: MAX_CHUNKS, params: PARAMS },
        });
        const timer = setTimeout(
          () => failed(new BackendError("wasm", `a worker did not start in ${START_MS} ms; run with threads: 1`)),
          START_MS,
        );
        await started.finally(() => clearTimeout(timer));
      }),
    );
  }
}
