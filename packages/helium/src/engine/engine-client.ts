import type { Backend } from "@helium-lm/tensor";
import { KvCache, type KvDType, type KvSequence, type PagePool } from "@helium-lm/nn";
import type { EngineStats } from "./engine-options.ts";
import { storedSalt } from "./prefixes/stored-salt.ts";
import type { OutputOf, Wanted } from "./outputs/wanted.ts";
import type { EngineRow, WorkRequest } from "./work.ts";

export interface ClientOptions {
  /** The caller's own keys and values; default: rows in the engine's pages. */
  readonly cache?: KvCache | null;
  readonly kvDType?: KvDType | undefined;
  /** Slots that its rows together will need, if known. */
  readonly slots?: number | undefined;
  /** Slots of its longest row, if known. */
  readonly longest?: number | undefined;
  /** Texts stored under one salt are not seen under another; null: nothing is stored or looked for. */
  readonly salt?: string | null | undefined;
}

/** Computes the rows of any number of clients in shared passes; `Engine` does. */
export interface ClientEngine {
  readonly stats: EngineStats;
  /** A new client, behind those that are there. It must be closed. @throws DisposedError */
  open(options: ClientOptions): EngineClient;
}

/** What a client asks of its engine. */
interface OwningEngine {
  readonly keepPrefixes: boolean;
  readonly model: {
    readonly backend: Backend;
    readonly isBidirectional: boolean;
    readonly anglesDependOnLength: boolean;
  };
  /** Rows of all clients. */
  readonly rows: number;
  pool(options: ClientOptions): PagePool;
  compute<W extends Wanted>(client: EngineClient, request: WorkRequest<W>): Promise<readonly OutputOf<W>[]>;
  countReused(tokens: number): void;
  countDraft(drafted: number, accepted: number): void;
  countForced(tokens: number): void;
  close(client: EngineClient): void;
}

/** What the rows of a client have cost. */
export interface ClientUsage {
  readonly reusedTokens: number;
  readonly computedTokens: number;
  /** New tokens that were certain, and not chosen. */
  readonly forcedTokens: number;
  readonly preemptions: number;
}

/** Somebody whose rows an engine computes; `close` lets go of their pages. */
export class EngineClient {
  /** Lower than those of the clients that came later. */
  readonly arrival: number;
  readonly cache: KvCache;
  /** The engine's pages that its rows lie in; null where they lie in the caller's own cache. */
  readonly pool: PagePool | null;
  /** Slots of the engine's pages that its rows together will need, if known; else 0. */
  readonly slots: number;
  readonly #engine: OwningEngine;
  readonly #salt: string | null;
  #reusedTokens = 0;
  #computedTokens = 0;
  #forcedTokens = 0;
  #preemptions = 0;
  /** Tokens of stored starts that its rows began with. */
  readonly #adopted = new WeakMap<KvSequence, number>();
  /** The same, of rows whose pages were taken. */
  readonly #hadBefore = new WeakMap<KvSequence, number>();
  /** Tokens that came from stored starts while they were asked for. */
  #adoptedTokens = 0;
  /** Tokens that a preemption took while they were asked for: they are computed once more. */
  #lostTokens = 0;

  constructor(engine: OwningEngine, arrival: number, { cache, salt = "", ...storage }: ClientOptions) {
    this.#engine = engine;
    this.arrival = arrival;
    this.slots = cache ? 0 : (storage.slots ?? 0);
    this.pool = cache ? null : engine.pool(storage);
    this.cache = cache ?? new KvCache(engine.model.backend, this.pool ?? engine.pool(storage));
    this.#salt = salt === null ? null : storedSalt(salt);
  }

  get usage(): ClientUsage {
    return {
      reusedTokens: this.#reusedTokens,
      computedTokens: this.#computedTokens,
      forcedTokens: this.#forcedTokens,
      preemptions: this.#preemptions,
    };
  }

  /** What is wanted of the last `outputs` tokens of each row, row after row; the arrays are the caller's. */
  async compute<W extends Wanted>(request: Omit<WorkRequest<W>, "salt">): Promise<readonly OutputOf<W>[]> {
    const { keepPrefixes, model } = this.#engine;
    // Where a token's key depends on what follows it, or on how much, no other text can use it.
    const dependsOnRest = model.isBidirectional || model.anglesDependOnLength;
    const salt = this.pool && keepPrefixes && !dependsOnRest ? this.#salt : null;
    const held = this.#heldTokens();
    this.#lostTokens = 0;
    this.#adoptedTokens = 0;
    const outputs = await this.#engine.compute(this, { ...request, salt });
    this.#computedTokens += this.#heldTokens() + this.#lostTokens - this.#adoptedTokens - held;
    return outputs;
  }

  /** Nothing of a row was computed for itself: it has no tokens, or those of a stored start. */
  isBeginning({ sequence }: EngineRow): boolean {
    return sequence.length === 0 || sequence.length === this.#adopted.get(sequence);
  }

  /** Takes over what is stored under a salt of a row that is beginning. @returns how to undo it; null: it has all there is */
  adopt({ sequence, ids, skip, outputs }: EngineRow, salt: string): (() => void) | null {
    const before = sequence.length;
    sequence.reset();
    const found = sequence.adoptPrefix(ids.slice(skip), salt, outputs);
    this.#count(sequence, before, found);
    if (found <= before) return null;
    return () => {
      sequence.reset();
      this.#count(sequence, found, 0);
    };
  }

  /** A row that is beginning has other tokens of a stored start than before. */
  #count(sequence: KvSequence, before: number, now: number): void {
    const counted = this.#reusedOf(sequence);
    this.#adopted.set(sequence, now);
    this.#adoptedTokens += now - before;
    const more = this.#reusedOf(sequence) - counted;
    this.#reusedTokens += more;
    this.#engine.countReused(more);
  }

  /** What of a row is counted as reused: what it had of a stored start before its pages were taken does not count twice. */
  #reusedOf(sequence: KvSequence): number {
    return Math.max(this.#adopted.get(sequence) ?? 0, this.#hadBefore.get(sequence) ?? 0);
  }

  /** Rows of the other clients. */
  get neighbours(): number {
    return this.#engine.rows - this.cache.batchSize;
  }

  /** Tokens that were tried, and those of them that stayed. */
  countDraft(drafted: number, accepted: number): void {
    this.#engine.countDraft(drafted, accepted);
  }

  /** Tokens that were added to its rows without being chosen. */
  countForced(tokens: number): void {
    this.#forcedTokens += tokens;
    this.#engine.countForced(tokens);
  }

  /** Its rows hold pages that others could have. */
  holdsPagesOf(pool: PagePool): boolean {
    return this.pool === pool && this.cache.sequences.some((sequence) => sequence.length > 0);
  }

  /** Gives up what was computed; with its next request it is computed again. */
  letGo(): void {
    this.#preemptions++;
    this.#lostTokens += this.#heldTokens();
    for (const sequence of this.cache.sequences) {
      this.#hadBefore.set(sequence, this.#reusedOf(sequence));
      this.#adopted.delete(sequence);
      sequence.reset();
    }
  }

  #heldTokens(): number {
    return this.cache.sequences.reduce((sum, { length }) => sum + length, 0);
  }

  /** A cache of the caller's stays as it is. */
  close(): void {
    if (this.pool) this.cache.dispose();
    this.#engine.close(this);
  }
}
