import { DisposedError } from "@helium-lm/tensor";
import type { PagePool } from "@helium-lm/nn";
import { nextChunkSize, nextTurn, Pacer } from "../event-loop.ts";
import { EngineClient, type ClientOptions } from "./engine-client.ts";
import { EngineCounters } from "./engine-counters.ts";
import type { EngineModel } from "./engine-model.ts";
import type { EngineOptions, EngineStats } from "./engine-options.ts";
import type { EngineStorage } from "./engine-storage.ts";
import type { EngineHandle } from "./engine-handle.ts";
import { PassRunner } from "./pass-runner.ts";
import { planPass, type PlannedStep, type Starts } from "./plan-pass.ts";
import { loadPrefixes, type LoadedPrefixes } from "./prefixes/load-prefixes.ts";
import { readPrefixFile } from "./prefixes/prefix-file.ts";
import { savePrefixes, type SavePrefixesOptions } from "./prefixes/save-prefixes.ts";
import type { EngineRequest } from "./request.ts";
import type { Output, OutputOf, Wanted } from "./outputs/wanted.ts";
import { tokensLeft, Work, type WorkRequest } from "./work.ts";

/** Tokens of the first pass, before the pace is known. */
const FIRST_BUDGET = 16;

/** Turns of the event loop in which clients that were told something may ask again, before the others go on without them. */
const TURNS_TO_ASK = 4;

/**
 * Computes the next tokens of any number of texts in shared forward passes: a pass takes the texts that ask for one, each
 * with as many new tokens as it has, up to a budget (continuous batching: Yu et al., OSDI 2022; there is no phase of
 * prefill and none of decoding, as in vLLM's engine v1). What a text gets does not depend on who shares its passes.
 *
 * `generate` and `stream` of a model are clients of its own engine; `model.engine()` makes one with a limit.
 */
export class Engine implements Disposable {
  readonly model: EngineModel;
  readonly keepPrefixes: boolean;
  readonly #options: EngineOptions;
  readonly #storage: EngineStorage;
  readonly #counters = new EngineCounters();
  /** By arrival. */
  readonly #clients = new Map<number, EngineClient>();
  readonly #handles = new Set<EngineHandle>();
  readonly #pacer = new Pacer();
  readonly #runner: PassRunner;
  readonly #starts: Starts = {
    isBeginning: ({ arrival, request }, row) =>
      request.salt !== null && row.visible === null && (this.#clients.get(arrival)?.isBeginning(row) ?? false),
    adopt: ({ arrival, request }, row) => this.#clients.get(arrival)?.adopt(row, request.salt ?? "") ?? null,
  };
  #works: Work[] = [];
  /** Arrivals of the clients that got what they asked for with the last pass, and have not asked again. */
  readonly #told = new Set<number>();
  #isDriving = false;
  #isDisposed = false;
  #arrivals = 0;
  #budget = FIRST_BUDGET;

  constructor(model: EngineModel, options: EngineOptions = {}) {
    this.model = model;
    this.#options = options;
    this.#runner = new PassRunner(model, this.#counters, options);
    this.#storage = this.#runner.storage;
    this.keepPrefixes = options.keepPrefixes ?? true;
  }

  get stats(): EngineStats {
    const running = this.#works.filter(({ isRunning }) => isRunning).length;
    const { pages } = this.#storage;
    return { running, waiting: this.#works.length - running, ...this.#counters.counts, pages };
  }

  /** Slots for all sequences; Infinity: no limit. */
  get maxTokens(): number {
    return this.#options.maxTokens ?? Infinity;
  }

  /**
   * Goes on with one text beside all others of this engine. A request that finds no room waits for it; one that could never
   * have it (longer than the context, or than `maxTokens`) is refused at once, through the handle as every failure.
   *
   * @throws DisposedError
   * @example
   * using engine = model.engine({ maxTokens: 16_384 });
   * const handles = prompts.map((inputIds) => engine.submit({ inputIds, maxNewTokens: 64 }));
   * for (const { result } of handles) console.log(tokenizer.decode((await result).ids));
   */
  submit(request: EngineRequest): EngineHandle {
    this.#checkLive();
    const handle = this.model.submit(request, this);
    this.#handles.add(handle);
    const forget = (): void => void this.#handles.delete(handle);
    handle.result.then(forget, forget);
    return handle;
  }

  /** Cancels all submitted requests, see `EngineHandle.cancel`; the engine goes on to take new ones. */
  cancel(reason?: unknown): void {
    for (const handle of this.#handles) handle.cancel(reason);
  }

  /** A new client, behind those that are there. It must be closed. @throws DisposedError */
  open(options: ClientOptions): EngineClient {
    this.#checkLive();
    const client = new EngineClient(this, this.#arrivals++, options);
    this.#clients.set(client.arrival, client);
    return client;
  }

  /** The pages for a storage of keys and values. @internal */
  pool(options: ClientOptions): PagePool {
    const others = [...this.#clients.values()].reduce((sum, { slots }) => sum + slots, 0);
    return this.#storage.pool(options, others);
  }

  /** What a client asks for. @internal */
  compute<W extends Wanted>(client: EngineClient, request: WorkRequest<W>): Promise<readonly OutputOf<W>[]> {
    this.#checkLive();
    this.#told.delete(client.arrival);
    const outputs = new Promise<readonly Output[]>((resolve, reject) => {
      this.#works.push(new Work(request, client.arrival, resolve, reject));
      if (!this.#isDriving) void this.#drive();
    });
    // Outputs are of the kind that was wanted.
    return outputs as Promise<readonly OutputOf<W>[]>;
  }

  /** Rows of all clients. @internal */
  get rows(): number {
    return [...this.#clients.values()].reduce((sum, { cache }) => sum + cache.batchSize, 0);
  }

  /** @internal */
  countDraft(drafted: number, accepted: number): void {
    this.#counters.countDraft(drafted, accepted);
  }

  /** @internal */
  countForced(tokens: number): void {
    this.#counters.forcedTokens += tokens;
  }

  /** @internal */
  countReused(tokens: number): void {
    this.#counters.reusedTokens += tokens;
  }

  /** @internal */
  close(client: EngineClient): void {
    this.#clients.delete(client.arrival);
    this.#told.delete(client.arrival);
    if (this.#clients.size === 0 && !this.keepPrefixes) this.#storage.rest();
  }

  /**
   * Frees what nobody uses now: the starts of texts that were kept, and with no request under way all memory for keys, values
   * and recorded passes. The engine goes on to take requests, and makes what they need anew.
   */
  freeUnused(): void {
    if (this.#clients.size === 0) this.#storage.free();
    else this.#storage.forgetPrefixes();
  }

  /**
   * The starts of texts that are kept, as the parts of a file, for another engine of the same model (`loadPrefixes`): those
   * used last, up to a limit. Requests go on meanwhile. Salts are in it as digests. No parts where nothing is kept.
   *
   * @throws GenerationError for a bad limit; DisposedError
   */
  async savePrefixes(options: SavePrefixesOptions = {}): Promise<readonly Uint8Array[]> {
    this.#checkLive();
    const pool = this.#storage.keptPool;
    return pool ? savePrefixes(this.model, this, pool, options) : [];
  }

  /**
   * Takes over what `savePrefixes` gave, as far as there is room: texts that begin so are then computed no more than if they
   * had been here before, with the same results to the last bit. Nothing is taken where they could differ.
   *
   * @param parts the file, in any parts
   * @throws PrefixFileError for a damaged file, and for one of another model, storage, backend, machine or version; DisposedError
   */
  async loadPrefixes(parts: Uint8Array | readonly Uint8Array[]): Promise<LoadedPrefixes> {
    this.#checkLive();
    const file = await readPrefixFile([parts].flat());
    this.#checkLive();
    if (!this.keepPrefixes || this.model.isBidirectional || this.model.anglesDependOnLength)
      return { pages: 0, tokens: 0, leftOut: file.pages.length };
    const kvDType = this.#storage.fixedDType ?? file.identity.kvDType;
    const pool = this.pool({ kvDType, slots: file.pages.length * file.identity.pageSize });
    if (pool.capacity === 0) pool.reserve(1);
    return loadPrefixes(this.model, this, pool, file);
  }

  /** Ends all clients' requests with a DisposedError and frees the pages; a second call does nothing. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    for (const { reject } of this.#works.splice(0)) reject(new DisposedError("Engine", "was disposed"));
    this.#storage.free();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #checkLive(): void {
    if (this.#isDisposed) throw new DisposedError("Engine", "was disposed; make a new one");
  }

  async #drive(): Promise<void> {
    this.#isDriving = true;
    try {
      while (this.#works.length > 0) {
        this.#told.clear();
        await this.#step();
        // Whoever got logits asks again before the next pass, which is the same work for one text as for many. One client
        // alone does so as soon as it is told.
        if (this.#clients.size > 1 || this.#pacer.isDue) {
          let turns = 0;
          do await nextTurn();
          while (this.#told.size > 0 && ++turns < TURNS_TO_ASK);
          this.#pacer.reset();
        }
      }
    } finally {
      this.#isDriving = false;
    }
  }

  /** One pass. Never throws: what fails is told to those whose work it was. */
  async #step(): Promise<void> {
    this.#options.beforePass?.();
    this.#endAborted();
    const limits = {
      budget: this.#options.budget ?? this.#budget,
      preempt: (pool: PagePool, arrival: number) => this.#preempt(pool, arrival),
      starts: this.#starts,
    };
    let steps = planPass(this.#works, limits);
    if (steps.length === 0) steps = planPass(this.#works, { ...limits, isStuck: true });
    if (steps.length === 0) return this.#endImpossible();
    const works = [...new Set(steps.map(({ work }) => work))];
    const lengths = steps.map(({ sequence }) => sequence.length);
    try {
      const before = performance.now();
      for (const { sequence, ids } of steps) sequence.append(ids.length);
      const outputs = await this.#runner.run(steps, this.#clients.size === 1);
      const isBeside = !this.model.backend.capabilities.syncRead;
      this.#budget = nextChunkSize(tokensOf(steps), performance.now() - before, isBeside);
      this.#deliver(steps, outputs);
    } catch (error) {
      steps.forEach(({ sequence }, i) => sequence.truncate(Math.min(sequence.length, lengths[i] ?? 0)));
      for (const pool of new Set(works.map((work) => work.pool))) if (pool) this.#renew(pool);
      if (works.length > 1) for (const work of works) work.isSuspect = true;
      else for (const work of works) this.#end(work, error);
    }
  }

  #deliver(steps: readonly PlannedStep[], given: readonly Output[]): void {
    let at = 0;
    for (const { work, row, outputs } of steps) {
      work.isSuspect = false;
      const { salt } = work.request;
      if (salt !== null && row.visible === null && row.sequence.hasUnpublishedPage)
        row.sequence.publish(row.ids.slice(row.skip), salt);
      const own = given.slice(at, (at += outputs));
      if (outputs === 0 || !work.take(row, own)) continue;
      this.#works = this.#works.filter((other) => other !== work);
      this.#told.add(work.arrival);
    }
  }

  /**
   * Where work is queued, nobody knows what of it was done before it failed: the texts of all clients are computed again, in new
   * pages.
   */
  #renew(pool: PagePool): void {
    if (this.model.backend.capabilities.syncRead) return;
    const holders = [...this.#clients.values()].filter((client) => client.holdsPagesOf(pool));
    for (const client of holders) client.letGo();
    if (pool.held === 0) this.#storage.renew(pool);
  }

  #end(work: Work, error: unknown): void {
    this.#works = this.#works.filter((other) => other !== work);
    work.reject(error);
  }

  #endAborted(): void {
    for (const work of this.#works) {
      const { signal } = work.request;
      if (signal?.aborted) this.#end(work, signal.reason);
    }
  }

  /** Takes the pages of a client that asks for nothing now, the last one first, or of the last that came after `arrival`. */
  #preempt(pool: PagePool, arrival: number): boolean {
    const asking = new Set(this.#works.map((work) => work.arrival));
    const holders = [...this.#clients.values()].filter((client) => client.holdsPagesOf(pool)).reverse();
    const victim =
      holders.find((client) => !asking.has(client.arrival)) ?? holders.find((client) => client.arrival > arrival);
    if (!victim) return false;
    victim.letGo();
    this.#counters.preemptions++;
    return true;
  }

  /** Not even all the pages would do for the first request. */
  #endImpossible(): void {
    const [work] = this.#works;
    const row = work?.request.rows.find((each) => tokensLeft(each) > 0);
    if (!work) return;
    try {
      row?.sequence.pool.reserve(row.sequence.missingPages(tokensLeft(row)));
      this.#end(work, new RangeError("Engine: a request asks for no tokens"));
    } catch (error) {
      this.#end(work, error);
    }
  }
}

const tokensOf = (steps: readonly PlannedStep[]): number => steps.reduce((sum, { ids }) => sum + ids.length, 0);
