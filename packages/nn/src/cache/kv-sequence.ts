import { CacheError } from "../errors.ts";
import type { PagePool } from "./page-pool.ts";
import type { PrefixNode } from "./prefix-tree.ts";

/** What a sequence keeps between passes, whatever it is made of. */
export interface SequenceState {
  /** Tokens it covers. */
  readonly length: number;
  /** Makes room for `count` more tokens. When it throws, nothing has changed. */
  append(count: number): void;
  /** Forgets all tokens but the first `length`. */
  truncate(length: number): void;
  /** A second state that begins as this one is; what they share is not copied before one of them writes to it. */
  fork(): SequenceState;
  /** Lets go of everything; the state is then empty. */
  reset(): void;
}

/** Keys and values of one sequence: a page table and a length. Token i lies in page `pages[i div P]`, place `i mod P`. */
export class KvSequence implements SequenceState {
  readonly pool: PagePool;
  #pages: number[] = [];
  #length = 0;
  /** Pages from the first on that the pool can find again, as its tree has them. */
  #published: PrefixNode[] = [];

  constructor(pool: PagePool) {
    this.pool = pool;
  }

  get length(): number {
    return this.#length;
  }

  /** Page numbers, in order. */
  get pages(): readonly number[] {
    return this.#pages;
  }

  /** Where token `index` lies among all slots of a pool: page · P + place. @throws CacheError where there is none */
  slot(index: number): number {
    const { pageSize } = this.pool;
    const page = this.#pages[Math.floor(index / pageSize)];
    if (page === undefined)
      throw new CacheError("KvSequence", `token ${index} has no page; call append() first`, { index });
    return page * pageSize + (index % pageSize);
  }

  /** Pages that `append(count)` takes from the pool. */
  missingPages(count: number): number {
    const grown = Math.ceil((this.#length + count) / this.pool.pageSize) - this.#pages.length;
    return grown + (count > 0 && this.#writesSharedPage() ? 1 : 0);
  }

  append(count: number): void {
    this.pool.reserve(this.missingPages(count));
    if (count > 0 && this.#writesSharedPage()) this.#copyLastPage();
    this.#length += count;
    while (this.#pages.length * this.pool.pageSize < this.#length) this.#pages.push(this.pool.take());
  }

  truncate(length: number): void {
    if (!Number.isInteger(length) || length < 0)
      throw new CacheError("KvSequence", `truncate to ${length} tokens; expected an integer ≥ 0`, { given: length });
    this.#length = Math.min(length, this.#length);
    const { pageSize } = this.pool;
    // A page that is written again no longer is what the pool would find.
    this.#published.length = Math.min(this.#published.length, Math.floor(this.#length / pageSize));
    const kept = Math.ceil(this.#length / pageSize);
    // The last page first, so that of a text's cached pages the end is forgotten before the start.
    while (this.#pages.length > kept) this.pool.release(this.#pages.pop() ?? -1);
  }

  fork(): KvSequence {
    const copy = new KvSequence(this.pool);
    copy.#pages = [...this.#pages];
    copy.#length = this.#length;
    copy.#published = [...this.#published];
    for (const page of copy.#pages) this.pool.retain(page);
    return copy;
  }

  reset(): void {
    if (this.pool.isDisposed) {
      this.#pages = [];
      this.#published = [];
      this.#length = 0;
    } else this.truncate(0);
  }

  /**
   * Takes over the stored pages with which a text begins, and the start of one that goes on differently: it is copied before
   * the text is written to it. The sequence must be empty.
   *
   * @param rest tokens at its end that are computed in any case
   * @returns its length then
   * @throws CacheError when it is not empty
   */
  adoptPrefix(ids: readonly number[], salt = "", rest = 1): number {
    if (this.#length > 0)
      throw new CacheError(
        "KvSequence",
        `holds ${this.#length} tokens, but a stored prefix can only go into an empty one`,
        {
          length: this.#length,
        },
      );
    const { path, partial } = this.pool.findPrefix(ids.slice(0, Math.max(0, ids.length - rest)), salt);
    this.#published = [...path];
    this.#pages = path.map(({ page }) => page);
    this.#length = this.#pages.length * this.pool.pageSize;
    // While it is copied the page is held beside the text's own pages: a text that fills the pool does without.
    const missing = Math.ceil(ids.length / this.pool.pageSize) - this.#pages.length;
    if (partial && missing > this.pool.available) this.pool.release(partial.page);
    else if (partial) {
      this.#pages.push(partial.page);
      this.#length += partial.tokens;
    }
    return this.#length;
  }

  /** `publish` would make a page findable. */
  get hasUnpublishedPage(): boolean {
    return (this.#published.length + 1) * this.pool.pageSize <= this.#length;
  }

  /** Makes the full pages findable by other sequences. @param ids the tokens so far, at least as many as it holds */
  publish(ids: readonly number[], salt = ""): void {
    const { pageSize } = this.pool;
    for (let i = this.#published.length; this.hasUnpublishedPage; i++) {
      const block = ids.slice(i * pageSize, (i + 1) * pageSize);
      const node = this.pool.publish(this.#pages[i] ?? -1, this.#published.at(-1) ?? null, block, salt);
      this.#pages[i] = node.page;
      this.#published.push(node);
    }
  }

  /** The next token falls into a page that others show too, or that the pool can find. */
  #writesSharedPage(): boolean {
    const within = this.#length % this.pool.pageSize;
    const page = within === 0 ? undefined : this.#pages.at(-1);
    return page !== undefined && (this.pool.holders(page) > 1 || this.pool.isPublished(page));
  }

  #copyLastPage(): void {
    const shared = this.#pages.at(-1) ?? -1;
    const own = this.pool.take();
    try {
      this.pool.copyPage(shared, own);
    } catch (error) {
      this.pool.release(own);
      throw error;
    }
    this.#pages[this.#pages.length - 1] = own;
    this.pool.release(shared);
  }
}
