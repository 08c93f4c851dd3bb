import { DisposedError, type Backend } from "@helium-lm/tensor";
import { CacheError } from "../errors.ts";
import { kvBytes, type KvDType } from "./kv-store.ts";
import { LayerPages } from "./layer-pages.ts";
import { PrefixTree, type FoundPrefix, type KeptPage, type PrefixNode } from "./prefix-tree.ts";

/** Slots of a page where nobody says otherwise. */
export const USUAL_PAGE_SIZE = 64;

export interface PagePoolConfig {
  readonly layers: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Storage of keys and values; default f32. */
  readonly dtype?: KvDType;
  /** Slots per page; default 64. */
  readonly pageSize?: number;
  /** Slots that will be needed in all, if known: the pool grows by doubling, but not past it while it suffices. */
  readonly capacity?: number;
  /** Slots that it may hold at most, in whole pages; default: no limit but memory. */
  readonly maxTokens?: number;
}

/**
 * The pages that sequences keep their keys and values in (Kwon et al., arXiv 2309.06180): one tensor per layer and side,
 * `[pages, K, P, D]`, a page number meaning the same page in every layer.
 *
 * Every page is free, cached or held. Held: the page tables of as many sequences show it as its count says. Cached: none
 * does, but it is the start of a text that may come again (`PrefixTree`); the one unused for longest is taken when no
 * page is free.
 *
 * The tensors belong to the pool, and `dispose` frees them; used after that, it throws a DisposedError.
 */
export class PagePool {
  readonly backend: Backend;
  readonly pageSize: number;
  readonly dtype: KvDType;
  readonly maxPages: number;
  /** Whether it is the limit of a storage, and not `maxTokens`, that ends it. */
  readonly isFullByStorage: boolean;
  readonly #layers: readonly LayerPages[];
  #expectedPages: number;
  readonly #prefixes = new PrefixTree();
  /** Page → page tables that show it; 0 = free or cached. */
  #holders: number[] = [];
  #free: number[] = [];
  #isDisposed = false;

  constructor(
    backend: Backend,
    {
      layers,
      kvHeads,
      headDim,
      dtype = "f32",
      pageSize = USUAL_PAGE_SIZE,
      capacity = Infinity,
      maxTokens = Infinity,
    }: PagePoolConfig,
  ) {
    this.backend = backend;
    this.pageSize = pageSize;
    this.dtype = dtype;
    const pageBytes = kvHeads * pageSize * headDim * kvBytes(dtype);
    const { maxStorageBytes } = backend.capabilities;
    // All pages of a layer's keys are one storage.
    this.maxPages = Math.min(Math.floor(maxTokens / pageSize), Math.floor(maxStorageBytes / pageBytes));
    this.isFullByStorage = this.maxPages < Math.floor(maxTokens / pageSize);
    this.#expectedPages = Math.ceil(capacity / pageSize);
    const shape = { kvHeads, pageSize, headDim };
    this.#layers = Array.from({ length: layers }, () => new LayerPages(backend, shape, dtype));
  }

  /** Pages there is memory for now. */
  get capacity(): number {
    return this.#holders.length;
  }

  /** Pages that sequences hold, shared ones counted once. */
  get held(): number {
    return this.capacity - this.#free.length - this.cached;
  }

  /** Pages that nobody holds but that are the start of a text that may come again. */
  get cached(): number {
    return this.#prefixes.idle;
  }

  /** Pages that `reserve` could provide. */
  get available(): number {
    return this.maxPages - this.held;
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  get layers(): readonly LayerPages[] {
    return this.#layers;
  }

  /** Pages of one layer. @throws CacheError for a layer there is not */
  layer(index: number): LayerPages {
    this.checkLive();
    const layer = this.#layers[index];
    if (!layer)
      throw new CacheError(
        "PagePool",
        `layer ${index} is out of range; the number of layers is ${this.#layers.length}`,
        {
          layer: index,
          layers: this.#layers.length,
        },
      );
    return layer;
  }

  /**
   * Makes sure that the next `pages` calls of `take` succeed: by memory that is free, then by more of it, then by pages
   * that are only cached.
   *
   * @throws CacheError beyond `maxPages`; BackendError when there is no memory
   */
  reserve(pages: number): void {
    this.checkLive();
    if (pages > this.available)
      throw new CacheError(
        "PagePool",
        `${pages} more pages of ${this.pageSize} slots asked for, ${this.available} of at most ${this.maxPages} are left; ${this.#mend}`,
        { pages, available: this.available, maxPages: this.maxPages },
      );
    const missing = pages - this.#free.length;
    if (missing <= 0) return;
    const needed = Math.min(this.capacity + missing, this.maxPages);
    if (needed > this.capacity) this.#grow(needed);
    while (this.#free.length < pages) this.#free.push(this.#prefixes.evict());
  }

  get #mend(): string {
    if (!this.isFullByStorage) return "end sequences, or make the pool larger";
    const limit = this.backend.capabilities.maxStorageBytes;
    return `a storage of ${this.backend.name} holds ${limit} bytes, so end sequences, keep keys and values in fewer bits (kvDType q8_0), or use another backend`;
  }

  /** Tells of slots that will be needed in all, as `capacity` does; what was told before stays if it is more. */
  expect(slots: number): void {
    this.#expectedPages = Math.max(this.#expectedPages, Math.ceil(slots / this.pageSize));
  }

  /** A page for one holder; what is in it is anything. @throws CacheError where none was reserved */
  take(): number {
    const page = this.#free.pop();
    if (page === undefined) throw new CacheError("PagePool", "out of reserved pages");
    this.#holders[page] = 1;
    return page;
  }

  /** One more holder of a page. */
  retain(page: number): void {
    if (this.#holders[page] === 0) this.#prefixes.use(page);
    this.#holders[page] = this.holders(page) + 1;
  }

  /** One holder less; a page that nobody holds is free, or cached where it is the start of a text. */
  release(page: number): void {
    const left = this.holders(page) - 1;
    this.#holders[page] = left;
    if (left === 0 && !this.#prefixes.rest(page)) this.#free.push(page);
  }

  /** Page tables that show a page. */
  holders(page: number): number {
    return this.#holders[page] ?? 0;
  }

  /** The page is the start of a text that may come again: it must not be written. */
  isPublished(page: number): boolean {
    return this.#prefixes.has(page);
  }

  /** Copies a page of all layers. */
  copyPage(from: number, to: number): void {
    for (const layer of this.#layers) layer.copyPage(from, to);
  }

  /** The stored pages that begin a text, as far as they go, each with one holder more; the last one may only begin alike. */
  findPrefix(ids: readonly number[], salt: string): FoundPrefix {
    const found = this.#prefixes.find(ids, this.pageSize, salt);
    for (const { page } of found.path) this.retain(page);
    if (found.partial) this.retain(found.partial.page);
    return found;
  }

  /**
   * Makes a full page findable as the one that follows `parent` (null: the first). Where there is one with the same tokens
   * already, that one is returned with one holder more, and the given page loses one.
   */
  publish(page: number, parent: PrefixNode | null, ids: readonly number[], salt: string): PrefixNode {
    const node = this.#prefixes.add(page, parent, ids, salt);
    if (node.page !== page) {
      this.retain(node.page);
      this.release(page);
    }
    return node;
  }

  /** The pages that begin texts, the one that was used last first; each comes behind its parent. */
  keptPages(): readonly KeptPage[] {
    return this.#prefixes.list();
  }

  /** A page of `keptPages` still holds what it held. */
  keeps(page: KeptPage): boolean {
    return this.#prefixes.keeps(page);
  }

  /** Frees every page that is only cached. */
  forgetPrefixes(): void {
    while (this.cached > 0) this.#free.push(this.#prefixes.evict());
  }

  /** Frees all pages, which nobody may hold, and their memory; the pool grows again when pages are asked for. */
  clear(): void {
    if (this.held > 0)
      throw new CacheError("PagePool", `clear: ${this.held} pages are held; end their sequences first`);
    this.#letGo();
  }

  /** Frees the tensors; a second call does nothing. */
  dispose(): void {
    this.#isDisposed = true;
    this.#letGo();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @throws DisposedError */
  checkLive(): void {
    if (this.#isDisposed) throw new DisposedError("PagePool", "was disposed; make a new one");
  }

  #letGo(): void {
    for (const layer of this.#layers) layer.dispose();
    this.#prefixes.clear();
    this.#holders = [];
    this.#free = [];
  }

  #grow(needed: number): void {
    // Past what is expected it doubles again: all pages are copied, so one more at a time would cost the square of them.
    const suffices = needed <= this.#expectedPages ? this.#expectedPages : Infinity;
    const capacity = Math.max(needed, Math.min(2 * this.capacity, suffices, this.maxPages));
    for (const layer of this.#layers) layer.grow(capacity);
    for (let page = capacity - 1; page >= this.capacity; page--) this.#free.push(page);
    this.#holders = [...this.#holders, ...new Array<number>(capacity - this.capacity).fill(0)];
  }
}
