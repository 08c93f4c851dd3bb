import type { Backend, CheckOptions, Recorder } from "@helium-lm/tensor";
import { StepInputs, stepSize, type SequenceStep, type StepSize } from "@helium-lm/nn";

/** Tokens of a pass up to which it is recorded: in larger ones the host's part is small, and hardly two are of one size. */
const MOST_RECORDED = 64;
/** Sizes whose buffers are kept: those of sequences that join and leave one by one. */
const KEPT = 16;

/** In a checked engine, a pass in so many runs op by op and is compared. */
const CHECK_EVERY = 64;

/** Whether passes are replayed, and with checks. */
export type ReplayMode = boolean | "checked";

const keyOf = ({ tokens, sequences, pages, outputs }: StepSize): string =>
  [tokens, sequences, pages, outputs].join(" ");

/** The buffers of passes by their size, so that a pass can be recorded on them and replayed. */
export class PassInputs {
  readonly #backend: Backend;
  readonly #recorder: Recorder | null;
  readonly #checks: CheckOptions;
  /** The one used last is the last. */
  readonly #kept = new Map<string, StepInputs>();
  /** Of a pass that is not recorded. */
  #large: StepInputs | null = null;

  constructor(backend: Backend, mode: ReplayMode) {
    this.#backend = backend;
    this.#recorder = (mode !== false && backend.createRecorder?.()) || null;
    this.#checks = mode === "checked" ? { checkEvery: CHECK_EVERY } : {};
  }

  /** Buffers filled with the steps of a pass; they stay this object's, and are valid until the next call. */
  fill(steps: readonly SequenceStep[]): StepInputs {
    const size = stepSize(steps);
    const inputs = size.tokens <= MOST_RECORDED ? this.#small(size) : this.#largeOf(size);
    inputs.fill(steps, size);
    return inputs;
  }

  dispose(): void {
    for (const inputs of this.#kept.values()) inputs.dispose();
    this.#kept.clear();
    this.#large?.dispose();
    this.#large = null;
    this.#recorder?.dispose();
  }

  #small(size: StepSize): StepInputs {
    const key = keyOf(size);
    const inputs = this.#kept.get(key) ?? new StepInputs(this.#backend, size, this.#recorder, this.#checks);
    this.#kept.delete(key);
    this.#kept.set(key, inputs);
    for (const [oldest, old] of this.#kept) {
      if (this.#kept.size <= KEPT) break;
      old.dispose();
      this.#kept.delete(oldest);
    }
    return inputs;
  }

  #largeOf(size: StepSize): StepInputs {
    if (this.#large && keyOf(this.#large.size) === keyOf(size)) return this.#large;
    this.#large?.dispose();
    return (this.#large = new StepInputs(this.#backend, size));
  }
}
