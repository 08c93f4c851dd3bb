/** A full page whose slots hold known tokens behind known tokens. */
export interface PrefixNode {
  readonly page: number;
  /** The page before; null for the first of a text. */
  readonly parent: PrefixNode | null;
}

/** What of a tree begins a text. */
export interface FoundPrefix {
  /** Full pages, the first one first. */
  readonly path: readonly PrefixNode[];
  /** The page behind them that shares most of the text's next tokens, and how many; null: none, or too few to copy it for. */
  readonly partial: { readonly page: number; readonly tokens: number } | null;
}

/** Least part of a page that it is copied for: below it, computing its tokens takes about as long. */
const LEAST_PART = 1 / 8;

/** A page of a tree, with what it holds. */
export interface KeptPage extends PrefixNode {
  readonly parent: KeptPage | null;
  /** Its tokens. */
  readonly ids: readonly number[];
  readonly salt: string;
}

interface Node extends KeptPage {
  readonly parent: Node | null;
  readonly siblings: Map<string, Node>;
  readonly children: Map<string, Node>;
}

/**
 * Which full pages begin which texts: a tree whose edges are the tokens of one page, with a root of its own for every
 * salt, so that a text stored under one salt is never found under another.
 *
 * Keys are the tokens themselves and no hashes of them: two texts cannot collide. A sequence that holds a page holds those
 * before it, and lets go of the last one first; so the page that was unused for longest never has a child in use.
 */
export class PrefixTree {
  readonly #roots = new Map<string, Map<string, Node>>();
  readonly #nodes = new Map<number, Node>();
  /** Pages that nobody holds, the one that has rested longest first. */
  readonly #resting = new Set<number>();

  /** Pages that nobody holds. */
  get idle(): number {
    return this.#resting.size;
  }

  has(page: number): boolean {
    return this.#nodes.has(page);
  }

  /** It is still in the tree. */
  keeps({ page, ...node }: KeptPage): boolean {
    return this.#nodes.get(page)?.ids === node.ids;
  }

  /** All pages, the one that was used last first; each comes behind its parent. */
  list(): readonly KeptPage[] {
    const held = [...this.#nodes.values()].filter(({ page }) => !this.#resting.has(page));
    const depth = (node: Node): number => (node.parent ? 1 + depth(node.parent) : 0);
    // Whoever rests did so after its children.
    const resting = [...this.#resting].reverse().flatMap((page) => this.#nodes.get(page) ?? []);
    return [...held.sort((a, b) => depth(a) - depth(b)), ...resting];
  }

  /** The longest run of stored pages with which a text begins, and what of the next one it shares. */
  find(ids: readonly number[], pageSize: number, salt: string): FoundPrefix {
    const path: Node[] = [];
    let level = this.#roots.get(salt);
    for (let start = 0; level && start + pageSize <= ids.length; start += pageSize) {
      const node = level.get(keyOf(ids.slice(start, start + pageSize)));
      if (!node) break;
      path.push(node);
      level = node.children;
    }
    return { path, partial: partialOf(level, ids.slice(path.length * pageSize), Math.ceil(pageSize * LEAST_PART)) };
  }

  /** Adds a page behind `parent`; returns the one that is there already where the tokens are the same. */
  add(page: number, parent: PrefixNode | null, ids: readonly number[], salt: string): PrefixNode {
    const before = parent ? (this.#nodes.get(parent.page) ?? null) : null;
    const siblings = before ? before.children : this.#root(salt);
    const key = keyOf(ids);
    const there = siblings.get(key);
    if (there) return there;
    const node: Node = { page, parent: before, siblings, ids: [...ids], salt, children: new Map() };
    siblings.set(key, node);
    this.#nodes.set(page, node);
    return node;
  }

  /** Somebody holds a page again. */
  use(page: number): void {
    this.#resting.delete(page);
  }

  /** Nobody holds a page any more; false where it begins no text. */
  rest(page: number): boolean {
    if (!this.#nodes.has(page)) return false;
    this.#resting.add(page);
    return true;
  }

  /** Forgets the page that has rested longest, and returns it. @throws RangeError when none rests */
  evict(): number {
    for (const page of this.#resting) {
      this.#resting.delete(page);
      const node = this.#nodes.get(page);
      this.#nodes.delete(page);
      node?.siblings.delete(keyOf(node.ids));
      // A salt of which nothing is left is forgotten too.
      if (node && node.parent === null && node.siblings.size === 0) this.#roots.delete(node.salt);
      return page;
    }
    throw new RangeError("PrefixTree: no page rests");
  }

  clear(): void {
    this.#roots.clear();
    this.#nodes.clear();
    this.#resting.clear();
  }

  #root(salt: string): Map<string, Node> {
    const root = this.#roots.get(salt) ?? new Map<string, Node>();
    this.#roots.set(salt, root);
    return root;
  }
}

/** Of pages side by side the one that shares most of some tokens. @param least that it must share */
function partialOf(
  level: ReadonlyMap<string, Node> | undefined,
  ids: readonly number[],
  least: number,
): FoundPrefix["partial"] {
  let best: FoundPrefix["partial"] = null;
  for (const { page, ids: there } of level?.values() ?? []) {
    let tokens = 0;
    while (tokens < ids.length && there[tokens] === ids[tokens]) tokens++;
    if (tokens >= Math.max(least, (best?.tokens ?? 0) + 1)) best = { page, tokens };
  }
  return best;
}

const keyOf = (ids: readonly number[]): string => ids.join();
