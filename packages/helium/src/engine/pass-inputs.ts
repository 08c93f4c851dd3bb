import type { Backend, CheckOptions, Recorder } from "@helium-lm/tensor";
import { StepInputs, stepSize, type Follow, type PagePool, type SequenceStep, type StepSize } from "@helium-lm/nn";

/** Tokens of a pass up to which it is recorded: in larger ones the host's part is small, and hardly two are of one size. */
const MOST_RECORDED = 64;
/** Sizes whose buffers are kept: those of sequences that join and leave one by one. */
const KEPT = 16;

/** Columns of page tables where passes are recorded, at least: a text may grow to 512 tokens in one recording. */
const LEAST_PAGES = 8;

/** In a checked engine, a pass in so many runs op by op and is compared. */
const CHECK_EVERY = 64;

/** What is made of the logits in the pass itself; equal names make the same. */
export interface NamedFollow {
  readonly name: string;
  readonly follow: Follow;
  /** It makes the token of each row and its logit. */
  readonly choosesTokens: boolean;
}

/** Whether passes are replayed, and with checks. */
export type ReplayMode = boolean | "checked";

const keyOf = ({ tokens, sequences, pages, outputs }: StepSize): string =>
  [tokens, sequences, pages, outputs].join(" ");

/** The buffers of passes by their size, so that a pass can be recorded on them and replayed. */
export class PassInputs {
  readonly #backend: Backend;
  readonly #recorder: Recorder | null;
  readonly #checks: CheckOptions;
  readonly #keptPasses: number;
  /** The pool that a key names. */
  readonly #poolNumbers = new WeakMap<PagePool, number>();
  #pools = 0;
  /** The one used last is the last. */
  readonly #kept = new Map<string, StepInputs>();
  /** Of a pass that is not recorded. */
  #large: StepInputs | null = null;

  /** @param keptPasses passes whose tokens stay on the device, so that the next one can begin with them; 0: they do not */
  constructor(backend: Backend, mode: ReplayMode, keptPasses = 0) {
    this.#backend = backend;
    this.#keptPasses = keptPasses;
    this.#recorder = (mode !== false && backend.createRecorder?.()) || null;
    this.#checks = mode === "checked" ? { checkEvery: CHECK_EVERY } : {};
  }

  /** Something here is or may become a recording. */
  get hasRecorded(): boolean {
    return this.#recorder !== null && this.#kept.size > 0;
  }

  /** Buffers filled with the steps of a pass; they stay this object's, and are valid until the next call. */
  fill(steps: readonly SequenceStep[], follow: NamedFollow | null = null): StepInputs {
    const size = stepSize(steps, this.#recorder ? LEAST_PAGES : 1);
    const inputs =
      size.tokens <= MOST_RECORDED ? this.#small(size, steps[0]?.sequence.pool, follow) : this.#largeOf(size);
    inputs.fill(steps, size);
    return inputs;
  }

  /** Frees what is not recorded. */
  rest(): void {
    this.#large?.dispose();
    this.#large = null;
  }

  dispose(): void {
    for (const inputs of this.#kept.values()) inputs.dispose();
    this.#kept.clear();
    this.rest();
    this.#recorder?.dispose();
  }

  #small(size: StepSize, pool: PagePool | undefined, follow: NamedFollow | null): StepInputs {
    const key = `${keyOf(size)} ${pool ? this.#numberOf(pool) : ""} ${follow?.name ?? ""}`;
    const inputs = this.#kept.get(key) ?? this.#make(size, follow);
    this.#kept.delete(key);
    this.#kept.set(key, inputs);
    for (const [oldest, old] of this.#kept) {
      if (this.#kept.size <= KEPT) break;
      old.dispose();
      this.#kept.delete(oldest);
    }
    return inputs;
  }

  #make(size: StepSize, named: NamedFollow | null): StepInputs {
    const { tokens, sequences, outputs } = size;
    const isDecoding = tokens === sequences && outputs === sequences;
    return new StepInputs(this.#backend, size, this.#recorder, {
      ...this.#checks,
      ...(named && { follow: named.follow }),
      ...(named?.choosesTokens && isDecoding && { keptPasses: this.#keptPasses }),
    });
  }

  #numberOf(pool: PagePool): number {
    const number = this.#poolNumbers.get(pool) ?? this.#pools++;
    this.#poolNumbers.set(pool, number);
    return number;
  }

  #largeOf(size: StepSize): StepInputs {
    if (this.#large && keyOf(this.#large.size) === keyOf(size)) return this.#large;
    this.#large?.dispose();
    return (this.#large = new StepInputs(this.#backend, size));
  }
}
