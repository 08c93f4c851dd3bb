import { KvCache, type KvDType, type PagePool } from "@helium-lm/nn";
import type { Engine } from "./engine.ts";
import type { OutputOf, Wanted } from "./wanted.ts";
import type { WorkRequest } from "./work.ts";

export interface ClientOptions {
  /** The caller's own keys and values; default: rows in the engine's pages. */
  readonly cache?: KvCache | null;
  readonly kvDType?: KvDType | undefined;
  /** Slots that its rows together will need, if known. */
  readonly slots?: number | undefined;
  /** Texts stored under one salt are not seen under another. */
  readonly salt?: string | undefined;
}

/** Somebody whose rows an engine computes; `close` lets go of their pages. */
export class EngineClient {
  /** Lower than those of the clients that came later. */
  readonly arrival: number;
  readonly cache: KvCache;
  readonly #engine: Engine;
  readonly #isOwnCache: boolean;
  readonly #salt: string;

  constructor(engine: Engine, arrival: number, { cache, salt = "", ...storage }: ClientOptions) {
    this.#engine = engine;
    this.arrival = arrival;
    this.#isOwnCache = !cache;
    this.cache = cache ?? new KvCache(engine.model.backend, engine.pool(storage));
    this.#salt = salt;
  }

  /** What is wanted of the last `outputs` tokens of each row, row after row; the arrays are the caller's. */
  compute<W extends Wanted>(request: Omit<WorkRequest<W>, "salt">): Promise<readonly OutputOf<W>[]> {
    const salt = this.#isOwnCache && this.#engine.keepPrefixes ? this.#salt : null;
    for (const { sequence, visible, ids, skip, outputs } of request.rows)
      if (salt !== null && sequence.length === 0 && visible === null)
        this.#engine.countReused(sequence.adoptPrefix(ids.slice(skip), salt, outputs));
    return this.#engine.compute(this, { ...request, salt });
  }

  /** Rows of the other clients. */
  get neighbours(): number {
    return this.#engine.rows - this.cache.batchSize;
  }

  /** Tokens that were tried, and those of them that stayed. */
  countDraft(drafted: number, accepted: number): void {
    this.#engine.countDraft(drafted, accepted);
  }

  /** Its rows hold pages that others could have. */
  holdsPagesOf(pool: PagePool): boolean {
    return this.#isOwnCache && this.cache.sequences.some((sequence) => sequence.pool === pool && sequence.length > 0);
  }

  /** Gives up what was computed; with its next request it is computed again. */
  letGo(): void {
    for (const sequence of this.cache.sequences) sequence.reset();
  }

  /** A cache of the caller's stays as it is. */
  close(): void {
    if (this.#isOwnCache) this.cache.dispose();
    this.#engine.close(this);
  }
}
