import { ApiError, modelNotFound } from "../errors.ts";
import type { ServedModel } from "./served-model.ts";

/** A model that this server can load. */
export interface ModelEntry {
  /** The name by which requests ask for it. */
  readonly id: string;
  /** Other names of it. */
  readonly aliases?: readonly string[];
  /** Loads it, with its engine. */
  readonly load: (signal: AbortSignal) => Promise<ServedModel>;
  /** Done with it before it is freed, where that can wait; it does not throw. */
  readonly beforeUnload?: (model: ServedModel) => Promise<void>;
}

export type ModelState = "unloaded" | "loading" | "loaded" | "failed";

export interface RegistryOptions {
  /** Milliseconds after its last request in which a model keeps its memory; default: for ever. */
  readonly idleMs?: number;
  /** Told of what happens to a model, for logs. */
  readonly onState?: (id: string, state: ModelState, error?: unknown) => void;
  /** Told of each model when it has been loaded. */
  readonly onLoaded?: (model: ServedModel) => void;
}

/** A model in use; it stays in memory until `release`. */
export interface ModelLease extends Disposable {
  readonly model: ServedModel;
  release(): void;
}

interface Slot {
  readonly entry: ModelEntry;
  state: ModelState;
  loading: Promise<ServedModel> | null;
  model: ServedModel | null;
  users: number;
  timer: ReturnType<typeof setTimeout> | null;
  /** As a request said by `keep`; null: the registry's own time. */
  keepMs: number | null;
  /** `performance.now()` of its last request. */
  lastUsed: number;
}

/** In ms, some 25 days: timers of more would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The models of a server: loaded when first asked for, or before, and unloaded when nobody has asked for a while. */
export class ModelRegistry {
  readonly #slots = new Map<string, Slot>();
  readonly #names = new Map<string, Slot>();
  readonly #options: RegistryOptions;
  readonly #closing = new AbortController();

  constructor(entries: readonly ModelEntry[], options: RegistryOptions = {}) {
    this.#options = options;
    for (const entry of entries) {
      const slot: Slot = {
        entry,
        state: "unloaded",
        loading: null,
        model: null,
        users: 0,
        timer: null,
        keepMs: null,
        lastUsed: 0,
      };
      this.#slots.set(entry.id, slot);
      for (const name of [entry.id, ...(entry.aliases ?? [])]) this.#names.set(name, slot);
    }
  }

  /** Ids in the order given. */
  get ids(): readonly string[] {
    return [...this.#slots.keys()];
  }

  /** What each model is doing. */
  get states(): readonly { readonly id: string; readonly state: ModelState; readonly model: ServedModel | null }[] {
    return [...this.#slots.values()].map(({ entry, state, model }) => ({ id: entry.id, state, model }));
  }

  /** Whether a model is served under this name. */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Whether each model that was asked for is in memory. */
  get isReady(): boolean {
    return [...this.#slots.values()].every(({ state }) => state !== "loading" && state !== "failed");
  }

  /** Loads models before the first request. */
  async preload(ids: readonly string[] = this.ids): Promise<void> {
    for (const id of ids) (await this.acquire(id)).release();
  }

  /**
   * A model for one request, loaded where needed. No name, or an empty one, means the first model.
   *
   * @throws ApiError for a name that is not served, and while the server shuts down; what loading throws
   */
  async acquire(name: string | null | undefined): Promise<ModelLease> {
    this.#closing.signal.throwIfAborted();
    const slot = name ? this.#names.get(name) : this.#slots.values().next().value;
    if (!slot) throw modelNotFound(name ?? "", this.ids);
    slot.users++;
    if (slot.timer) clearTimeout(slot.timer);
    slot.timer = null;
    try {
      if (slot.model !== null && slot.users === 1) await this.#checkLives(slot);
      const model = slot.model ?? (await (slot.loading ??= this.#load(slot)));
      return lease(model, () => this.#release(slot));
    } catch (error) {
      this.#release(slot);
      throw error;
    }
  }

  /** From its next release on, how long a model keeps its memory after the last request, in place of `idleMs`, until it is freed. */
  keep(name: string | null | undefined, ms: number): void {
    const slot = name ? this.#names.get(name) : this.#slots.values().next().value;
    if (slot) slot.keepMs = ms;
  }

  /** Frees a model that no request uses; the next request that asks for it has it loaded anew. */
  unload(name: string): void {
    const slot = this.#names.get(name);
    if (slot && slot.users === 0) this.#unload(slot);
  }

  /** Frees a model whose engine has ended by itself; the next request that asks for it has it loaded anew. */
  discard(model: ServedModel): void {
    for (const slot of this.#slots.values()) if (slot.model === model) this.#unload(slot);
  }

  /** Does with all models what is done before they are freed. */
  async beforeUnload(): Promise<void> {
    const slots = [...this.#slots.values()];
    await Promise.all(slots.map(async ({ entry, model }) => model && entry.beforeUnload?.(model)));
  }

  /** Frees all models; requests under way fail. */
  dispose(): void {
    this.#closing.abort(
      new ApiError("server", "is shutting down; ask another one", { status: 503, type: "service_unavailable_error" }),
    );
    for (const slot of this.#slots.values()) this.#unload(slot);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #load(slot: Slot): Promise<ServedModel> {
    this.#tell(slot, "loading");
    try {
      const model = await slot.entry.load(this.#closing.signal);
      if (this.#closing.signal.aborted) {
        model[Symbol.dispose]();
        this.#closing.signal.throwIfAborted();
      }
      slot.model = model;
      this.#tell(slot, "loaded");
      this.#options.onLoaded?.(model);
      return model;
    } catch (error) {
      this.#tell(slot, "failed", error);
      throw error;
    } finally {
      slot.loading = null;
    }
  }

  /** An engine that nobody used may have ended unseen. */
  async #checkLives(slot: Slot): Promise<void> {
    const { model } = slot;
    try {
      await model?.engine.stats();
    } catch {
      if (model !== null) this.discard(model);
    }
  }

  #release(slot: Slot): void {
    slot.users--;
    slot.lastUsed = performance.now();
    const ms = slot.keepMs ?? this.#options.idleMs ?? Infinity;
    if (slot.users > 0 || slot.model === null || ms > LONGEST_TIMER) return;
    slot.timer = setTimeout(() => void this.#unloadIdle(slot), ms);
    // Node: an idle model keeps no process alive.
    (slot.timer as { unref?: () => void }).unref?.();
  }

  async #unloadIdle(slot: Slot): Promise<void> {
    const { model } = slot;
    if (model !== null) await slot.entry.beforeUnload?.(model);
    // Somebody may have come meanwhile.
    if (slot.users === 0 && slot.model === model) this.#unload(slot);
  }

  #unload(slot: Slot): void {
    if (slot.timer) clearTimeout(slot.timer);
    slot.timer = null;
    slot.keepMs = null;
    const { model } = slot;
    if (model === null) return;
    slot.model = null;
    model[Symbol.dispose]();
    this.#tell(slot, "unloaded");
  }

  #tell(slot: Slot, state: ModelState, error?: unknown): void {
    slot.state = state;
    this.#options.onState?.(slot.entry.id, state, error);
  }
}

function lease(model: ServedModel, end: () => void): ModelLease {
  let isOver = false;
  const release = (): void => {
    if (!isOver) end();
    isOver = true;
  };
  return { model, release, [Symbol.dispose]: release };
}
