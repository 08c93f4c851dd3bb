import { USUAL_PAGE_SIZE, type KvDType, type PagePool, type SequenceStep, type StepInputs } from "@helium-lm/nn";
import type { ClientOptions } from "./engine-client.ts";
import type { EngineModel } from "./engine-model.ts";
import type { EngineOptions, EngineStats } from "./engine-options.ts";
import { PassInputs, type NamedFollow } from "./pass-inputs.ts";
import { GenerationError } from "../errors.ts";

/**
 * Slots of keys and values that an engine at rest keeps, since recorded passes point to them: a call of usual length then
 * goes on with the recordings of the last one, and one over a book does not hold its memory until the model is disposed.
 */
export const MOST_KEPT_SLOTS = 2048;

/**
 * Pages that are taken at once where as many are expected: each time that a pool grows, recorded passes over it begin anew.
 */
const FIRST_PAGES = 8;

/** The memory of an engine: pages for keys and values, and the buffers and recordings of passes. */
export class EngineStorage {
  readonly #model: EngineModel;
  readonly #options: EngineOptions;
  readonly #keptPasses: number;
  readonly #pools = new Map<KvDType, PagePool>();
  #inputs: PassInputs | null = null;

  /** @param keptPasses passes whose tokens the buffers of a pass keep */
  constructor(model: EngineModel, options: EngineOptions, keptPasses: number) {
    this.#model = model;
    this.#options = options;
    this.#keptPasses = keptPasses;
  }

  get pages(): EngineStats["pages"] {
    const pools = [...this.#pools.values()];
    const sum = (of: (pool: PagePool) => number): number => pools.reduce((total, pool) => total + of(pool), 0);
    const { maxTokens } = this.#options;
    return {
      held: sum(({ held }) => held),
      cached: sum(({ cached }) => cached),
      capacity: sum(({ capacity }) => capacity),
      // Each storage of keys and values has a limit of its own.
      limit: maxTokens === undefined ? null : Math.floor(maxTokens / USUAL_PAGE_SIZE) * Math.max(1, pools.length),
      pageSize: USUAL_PAGE_SIZE,
    };
  }

  /**
   * The pages for a client; which storage of keys and values they have is decided by the options alone.
   *
   * @param others slots that the other clients will need
   */
  pool({ kvDType, slots = 0, longest = slots }: ClientOptions, others: number): PagePool {
    const { maxTokens } = this.#options;
    const dtype = kvDType ?? this.#options.kvDType ?? this.#model.kvDTypeFor(maxTokens ?? longest);
    const there = this.#pools.get(dtype);
    if (there) {
      there.expect(slots + others);
      return there;
    }
    const made = this.#model.createPool({
      dtype,
      ...(slots > 0 && { slots }),
      ...(maxTokens !== undefined && { maxTokens }),
    });
    this.#pools.set(dtype, made);
    if (this.#isRecording) made.reserve(Math.min(Math.ceil(slots / made.pageSize), FIRST_PAGES, made.maxPages));
    return made;
  }

  /** The pages that the most starts of texts are kept in; null: none are kept. */
  get keptPool(): PagePool | null {
    const kept = [...this.#pools.values()].filter((pool) => pool.keptPages().length > 0);
    return kept.sort((a, b) => b.keptPages().length - a.keptPages().length)[0] ?? null;
  }

  /** Storage of keys and values of every text; null: it follows the texts. */
  get fixedDType(): KvDType | null {
    const { kvDType, maxTokens } = this.#options;
    return kvDType ?? (maxTokens === undefined ? null : this.#model.kvDTypeFor(maxTokens));
  }

  /** Buffers with the steps of a pass, valid until the next call. */
  fill(steps: readonly SequenceStep[], follow: NamedFollow | null): StepInputs {
    this.#inputs ??= new PassInputs(this.#model.backend, this.#options.replay ?? true, this.#keptPasses);
    return this.#inputs.fill(steps, follow);
  }

  get #isRecording(): boolean {
    return this.#options.replay !== false && this.#model.backend.createRecorder !== undefined;
  }

  forgetPrefixes(): void {
    for (const pool of this.#pools.values()) pool.forgetPrefixes();
  }

  /** Lets go of all that a pass over these pages may have spoilt. Nobody may hold any of them. */
  renew(pool: PagePool): void {
    this.#freeInputs();
    pool.clear();
  }

  /** Nobody has a text here now: memory is kept where recorded passes point to it, if it is not much. */
  rest(): void {
    const slots = [...this.#pools.values()].reduce((sum, { capacity, pageSize }) => sum + capacity * pageSize, 0);
    if (!this.#inputs?.hasRecorded || slots > MOST_KEPT_SLOTS) this.free();
    else this.#inputs.rest();
  }

  /** Frees everything; what is needed again is made again. */
  free(): void {
    this.#freeInputs();
    for (const pool of this.#pools.values()) pool.dispose();
    this.#pools.clear();
  }

  #freeInputs(): void {
    this.#inputs?.dispose();
    this.#inputs = null;
  }
}

/** @throws GenerationError where the rows, grown to their full length, are more than the engine may hold */
export function checkFits({ pageSize, maxPages, isFullByStorage }: PagePool, maxLength: number, rows: number): void {
  // The last token of a row needs no slot.
  const pages = rows * Math.ceil((maxLength - 1) / pageSize);
  if (pages <= maxPages) return;
  const mend = isFullByStorage ? "keep keys and values in fewer bits (kvDType q8_0)" : "give it more maxTokens";
  throw new GenerationError(
    "maxLength",
    `rows of up to ${maxLength} tokens need room for ${rows * (maxLength - 1)}, ${pages} pages of ${pageSize}, the engine has ${maxPages}; shorten them, or ${mend}`,
    { given: pages, expected: maxPages, pageSize, maxLength },
  );
}
