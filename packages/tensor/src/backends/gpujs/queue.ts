import { BackendError, TensorError } from "../../errors.ts";
import { runSteps, type Steps } from "./steps.ts";
import type { GpuJsStorage } from "./storage.ts";

/**
 * Order of work. Where the device answers at once, work runs when it is given and throws where it fails. On WebGPU it
 * is queued: what fails there marks its outputs, everything computed from them, and the next read or synchronize.
 */
export class Queue {
  readonly deferred: boolean;
  #tail: Promise<unknown> = Promise.resolve();
  readonly #unreported = new Set<Error>();

  constructor(deferred: boolean) {
    this.deferred = deferred;
  }

  /** Runs or queues the work of an op that reads `inputs` and writes `outputs`. */
  run(op: string, outputs: readonly GpuJsStorage[], inputs: readonly GpuJsStorage[], work: () => Steps<void>): void {
    if (!this.deferred) {
      if (runSteps(work()) instanceof Promise)
        throw new BackendError(op, "had to wait in a mode that computes at once; report this as a bug");
      return;
    }
    this.#tail = this.#tail.then(async () => {
      let failure = inputs.find((input) => input.failure !== null)?.failure ?? null;
      if (!failure) {
        try {
          await runSteps(work());
          return;
        } catch (error) {
          failure = queuedError(op, error);
          this.#unreported.add(failure);
        }
      }
      for (const output of outputs) output.failure = failure;
    });
  }

  /** The result of work that comes after all work so far. Rejects with the failure of `input`, if it has one. */
  async result<T>(input: GpuJsStorage, work: () => Steps<T>): Promise<T> {
    if (!this.deferred) return runSteps(work());
    const result = this.#tail.then(() => {
      if (!input.failure) return runSteps(work());
      this.#unreported.delete(input.failure);
      throw input.failure;
    });
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** Runs `work` when all work so far is done. */
  after(work: () => void): void {
    if (!this.deferred) return work();
    this.#tail = this.#tail.then(work).catch((error: unknown) => this.#unreported.add(queuedError("release", error)));
  }

  /** Resolves when all work so far is done. @throws the first error that nobody was told of */
  async idle(): Promise<void> {
    await this.#tail;
    const [error] = this.#unreported;
    this.#unreported.clear();
    if (error) throw error;
  }
}

function queuedError(op: string, error: unknown): Error {
  if (error instanceof TensorError) return error;
  return new BackendError(
    op,
    `queued work failed (${error instanceof Error ? error.message : String(error)})`,
    {},
    { cause: error },
  );
}
