import type { Backend, Recorder, Recording } from "./contract/backend.ts";
import { keep, scope } from "./scope.ts";
import type { Tensor } from "./tensor.ts";
import { isTraced } from "./trace.ts";

export interface CheckOptions {
  readonly checkEvery?: number;
}

/**
 * Work that is done again and again with the same tensors, of which only what is in them changes: run op by op until two
 * runs were the same, then replayed, where the backend can.
 */
export class RecordedWork implements Disposable {
  readonly #backend: Backend;
  readonly #recording: Recording | null;
  #results: readonly Tensor[] = [];
  readonly #checkEvery: number;
  /** What the recorded work is done with. */
  #operands: readonly object[] = [];
  #isReplayed = false;
  /** What kept the last run from being replayed, other than the state of the recording. */
  #hindrance: string | null = null;
  #replays = 0;

  /**
   * @param recorder null: everything is run op by op
   * @param checkEvery a run in so many goes op by op and is compared with what is recorded, to find work that is not the
   *   same each time; default: none
   */
  constructor(backend: Backend, recorder: Recorder | null, { checkEvery = Infinity }: CheckOptions = {}) {
    this.#backend = backend;
    this.#recording = recorder?.recording() ?? null;
    this.#checkEvery = checkEvery;
  }

  /** Whether the last run was replayed. */
  get isReplayed(): boolean {
    return this.#isReplayed;
  }

  /** Why the last run was not replayed; null where it was. */
  get reason(): string | null {
    if (this.#isReplayed) return null;
    if (!this.#recording) return `the ${this.#backend.name} backend has no recorder, or it is turned off`;
    if (isTraced(this.#backend)) return "somebody listens to the ops";
    return this.#hindrance ?? this.#recording.reason ?? "it was recorded with this run";
  }

  /**
   * Does the work.
   *
   * @param body makes the results from tensors that stay, by ops alone: it is not called where the work is replayed
   * @param operands what this run is done with that could be something else in another one, such as a table of weights:
   *   only a run with the same ones is a replay; null: with tensors that no other run will have
   * @returns the results, to be disposed; they are valid until the recorder's next work runs
   */
  run(body: () => readonly Tensor[], operands: readonly object[] | null = []): readonly Tensor[] {
    const recording = this.#recording;
    this.#isReplayed = false;
    this.#hindrance = null;
    if (!recording || recording.state === "refused" || isTraced(this.#backend)) return scope(body);
    const wasReady = isReady(recording);
    if (operands === null) return this.#withoutRecord(body, "it has tensors of its own");
    if (wasReady && !areSame(operands, this.#operands))
      return this.#withoutRecord(body, "it was recorded with other tensors");
    if (wasReady && ++this.#replays % this.#checkEvery !== 0) {
      recording.replay();
      this.#isReplayed = true;
      return this.#results.map((result) => result.view(result.layout));
    }
    let results: readonly Tensor[] = [];
    recording.log(() => {
      results = scope(body);
    });
    // No promise and no other work comes between: the state is that of this run.
    if (!isReady(recording)) this.#forgetResults();
    else if (!wasReady) {
      this.#results = results.map((result) => keep(result.view(result.layout)));
      this.#operands = operands;
    }
    return results;
  }

  dispose(): void {
    this.#forgetResults();
    this.#recording?.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #withoutRecord(body: () => readonly Tensor[], hindrance: string): readonly Tensor[] {
    this.#hindrance = hindrance;
    return scope(body);
  }

  #forgetResults(): void {
    for (const result of this.#results) result.dispose();
    this.#results = [];
  }
}

const areSame = (a: readonly object[], b: readonly object[]): boolean =>
  a.length === b.length && a.every((operand, i) => operand === b[i]);

const isReady = ({ state }: Recording): boolean => state === "ready";
