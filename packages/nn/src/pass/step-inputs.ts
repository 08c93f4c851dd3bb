import { narrow, RecordedWork, Tensor, type Backend, type CheckOptions, type Recorder } from "@helium-lm/tensor";
import type { KvSequence } from "../cache/index.ts";
import { ChosenTokens } from "./chosen-tokens.ts";

/** One sequence's share of a forward pass: its next tokens, for which its pages have room already. */
export interface SequenceStep {
  readonly sequence: Pick<KvSequence, "pool" | "pages" | "length" | "slot">;
  /** Tokens to compute, the last ones that the sequence has room for. */
  readonly ids: readonly number[];
  /** Their rotary positions. */
  readonly positions: readonly number[];
  /** How many of the last tokens are looked at behind the last layer; 0 while a prompt is read. */
  readonly outputs: number;
  /** 0 = nobody sees this token, for every token of the sequence; null: all are seen. */
  readonly visible?: readonly number[] | null;
}

/** What the buffers of `StepInputs` have room for, and what a recorded pass is valid for. */
export interface StepSize {
  /** N, new tokens of all sequences. */
  readonly tokens: number;
  /** R */
  readonly sequences: number;
  /** Columns of the page tables. */
  readonly pages: number;
  /** M, tokens that are looked at. */
  readonly outputs: number;
}

/** Makes tensors of the logits of a pass, by ops alone, and the same ones each time. */
export type Follow = (logits: Tensor) => readonly Tensor[];

export interface StepOptions extends CheckOptions {
  /** Default: nothing is made. */
  readonly follow?: Follow;
  /**
   * Where `follow` makes the token of each row and its logit: so many passes' tokens are kept on the device, and a pass can
   * begin with those of the one before (`advance`). Default: none.
   */
  readonly keptPasses?: number;
}

export interface Followed {
  readonly logits: Tensor;
  readonly made: readonly Tensor[];
}

/**
 * The size of a pass; page tables are as wide as the next power of two, so that few steps change it.
 *
 * @param leastPages columns of the page tables at least
 */
export function stepSize(steps: readonly SequenceStep[], leastPages = 1): StepSize {
  const sum = (of: (step: SequenceStep) => number): number => steps.reduce((total, step) => total + of(step), 0);
  const widest = Math.max(leastPages, ...steps.map(({ sequence }) => sequence.pages.length));
  return {
    tokens: sum(({ ids }) => ids.length),
    sequences: steps.length,
    pages: 2 ** Math.ceil(Math.log2(widest)),
    outputs: sum(({ outputs }) => outputs),
  };
}

/**
 * What changes from pass to pass, as data on the device: a pass takes any number of sequences with any number of new
 * tokens each, and there is no padding.
 *
 * The buffers belong to it; `fill` writes the next pass of the same size into them.
 */
export class StepInputs implements Disposable {
  readonly size: StepSize;
  /** Tokens `[N]`. */
  readonly ids: Tensor;
  /** Positions and slots: in one storage, for a kernel has places for few. */
  readonly #places: Tensor;
  /** Rotary positions `[N]`. */
  readonly positions: Tensor;
  /** Where each token's key and value go: page · P + place, `[N]`. */
  readonly slots: Tensor;
  /** Tokens of sequence r are `queryStarts[r]` … `queryStarts[r + 1] − 1`, `[R + 1]`. */
  readonly queryStarts: Tensor;
  /** Keys of each sequence, the new ones included, `[R]`. */
  readonly lengths: Tensor;
  /** Page tables `[R, pages]`; what is beyond a sequence's pages is 0. */
  readonly tables: Tensor;
  /** Tokens that are looked at behind the last layer, `[M]`. */
  readonly outputs: Tensor;
  /** A pass over these buffers. */
  readonly work: RecordedWork;
  /** What the last passes chose; null where that is not kept. */
  readonly chosen: ChosenTokens | null;
  readonly #follow: Follow;
  #followed: Followed | null = null;
  #steps: readonly SequenceStep[] = [];

  /** @param recorder records passes over these buffers; null: they run op by op */
  constructor(
    backend: Backend,
    size: StepSize,
    recorder: Recorder | null = null,
    { follow = () => [], keptPasses = 0, ...checks }: StepOptions = {},
  ) {
    const { tokens: N, sequences: R, pages, outputs: M } = size;
    const make = (...shape: number[]): Tensor => Tensor.empty(backend, shape, "i32");
    this.size = size;
    this.#follow = follow;
    this.work = new RecordedWork(backend, recorder, checks);
    this.ids = make(N);
    this.#places = make(2 * N);
    this.positions = narrow(this.#places, 0, 0, N);
    this.slots = narrow(this.#places, 0, N, N);
    this.queryStarts = make(R + 1);
    this.lengths = make(R);
    this.tables = make(R, pages);
    this.outputs = make(M);
    this.chosen = keptPasses > 0 ? new ChosenTokens(backend, keptPasses, M) : null;
  }

  /** What is made of a pass's logits `[M, V]` in the pass itself, so that it is recorded with it. */
  follow(logits: Tensor): readonly Tensor[] {
    const made = this.#follow(logits);
    this.chosen?.keep(this.ids, made);
    return made;
  }

  /** The sequences of the pass. */
  get steps(): readonly SequenceStep[] {
    return this.#steps;
  }

  /** Told of what the pass has made of its logits. */
  noteFollowed(followed: Followed): void {
    this.#followed = followed;
  }

  /** What the last pass made of its logits, once; the tensors are the caller's to dispose. */
  takeFollowed(): Followed | null {
    const followed = this.#followed;
    this.#followed = null;
    return followed;
  }

  /** Writes a pass into the buffers. @param given its `stepSize`, where that is known @throws RangeError unless it is theirs */
  fill(steps: readonly SequenceStep[], given = stepSize(steps)): void {
    if (Object.entries(this.size).some(([key, n]) => given[key as keyof StepSize] !== n))
      throw new RangeError(`StepInputs: ${JSON.stringify(given)} does not fit ${JSON.stringify(this.size)}`);
    this.#steps = steps;
    this.chosen?.begin(0);
    const { sequences: R, pages } = this.size;
    const starts = [0];
    const tables = new Int32Array(R * pages);
    const outputs: number[] = [];
    for (const [r, { sequence, ids, outputs: wanted }] of steps.entries()) {
      const start = starts[r] ?? 0;
      starts.push(start + ids.length);
      tables.set(sequence.pages, r * pages);
      for (let t = ids.length - wanted; t < ids.length; t++) outputs.push(start + t);
    }
    write(
      this.ids,
      steps.flatMap(({ ids }) => ids),
    );
    this.#writePlaces(steps);
    write(this.queryStarts, starts);
    write(this.tables, tables);
    write(this.outputs, outputs);
  }

  /**
   * Writes the pass behind the last one, of the same sequences in the same pages: it begins with the tokens that the last one
   * chose, whatever `ids` say.
   *
   * @param pass its number among those that are kept
   */
  advance(steps: readonly SequenceStep[], pass: number): void {
    this.#steps = steps;
    this.chosen?.begin(pass);
    this.#writePlaces(steps);
  }

  /** Where the new tokens are: positions, slots, and the lengths that their sequences have with them. */
  #writePlaces(steps: readonly SequenceStep[]): void {
    write(this.#places, [
      ...steps.flatMap(({ positions }) => positions),
      ...steps.flatMap(({ sequence, ids }) => ids.map((_, t) => sequence.slot(sequence.length - ids.length + t))),
    ]);
    write(
      this.lengths,
      steps.map(({ sequence }) => sequence.length),
    );
  }

  dispose(): void {
    this.work.dispose();
    const places = [this.#places, this.positions, this.slots];
    for (const t of [this.ids, ...places, this.queryStarts, this.lengths, this.tables, this.outputs]) t.dispose();
    this.chosen?.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

function write(target: Tensor, values: ArrayLike<number>): void {
  if (values.length === 0) return;
  const words = values instanceof Int32Array ? values : Int32Array.from(values);
  target.backend.write(target.handle, new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
}
