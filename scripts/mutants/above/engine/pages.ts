import { bugsIn, type PlantedBug } from "../area.ts";

/** In the pages of keys and values, and who holds them. */
export const pageBugs: readonly PlantedBug[] = [
  ...bugsIn(
    "nn/src/cache/page-pool.ts",
    ["a page in use is handed out again", "if (left === 0 &&", "if (left <= 1 &&"],
    [
      "a cached page that is held again stays evictable",
      "if (this.#holders[page] === 0) this.#prefixes.use(page);",
      "",
    ],
    ["the limit counts cached pages", "this.maxPages - this.held", "this.maxPages - this.held - this.cached"],
    ["a page stored twice keeps both", "      this.release(page);\n", ""],
    [
      "a page that nobody holds is never free",
      "const left = this.holders(page) - 1;",
      "const left = this.holders(page);",
    ],
    [
      "cached pages are taken before memory",
      "if (needed > this.capacity) this.#grow(needed);\n",
      "if (needed > this.capacity && this.cached < missing) this.#grow(needed);\n",
    ],
    ["the limit is passed by doubling", "2 * this.capacity, suffices, this.maxPages)", "2 * this.capacity, suffices)"],
    ["a found page is not held", "    for (const { page } of found.path) this.retain(page);\n", ""],
    ["a page found in part is not held", "    if (found.partial) this.retain(found.partial.page);\n", ""],
  ),
  ...bugsIn(
    "nn/src/cache/prefix-tree.ts",
    ["salts share a tree", "this.#roots.get(salt) ?? new Map", 'this.#roots.get("") ?? new Map'],
    ["an evicted page is still found", "      node?.siblings.delete(keyOf(node.ids));\n", ""],
    [
      "the page that rested last is forgotten",
      "for (const page of this.#resting) {",
      "for (const page of [...this.#resting].reverse()) {",
    ],
    ["half a page begins a text", "level && start + pageSize <= ids.length", "level && start < ids.length"],
    ["tokens run together in a key", "ids.join()", 'ids.join("")'],
    [
      "a page in use may be evicted",
      "    this.#resting.delete(page);\n  }\n\n  /** Nobody",
      "    void page;\n  }\n\n  /** Nobody",
    ],
    [
      "every text begins at the root",
      "const siblings = before ? before.children : this.#root(salt);",
      "const siblings = this.#root(salt);",
    ],
  ),
  ...bugsIn(
    "nn/src/cache/kv-sequence.ts",
    [
      "a shared page is written",
      "this.pool.holders(page) > 1 || this.pool.isPublished(page)",
      "this.pool.isPublished(page)",
    ],
    [
      "a stored page is written",
      "this.pool.holders(page) > 1 || this.pool.isPublished(page)",
      "this.pool.holders(page) > 1",
    ],
    ["a fork holds nothing", "    for (const page of copy.#pages) this.pool.retain(page);\n", ""],
    ["the whole text is adopted", "ids.slice(0, Math.max(0, ids.length - rest)), salt", "ids, salt"],
    [
      "the salt is forgotten when pages are stored",
      "this.#published.at(-1) ?? null, block, salt)",
      'this.#published.at(-1) ?? null, block, "")',
    ],
    ["a page less is reserved", "return grown + (count > 0 && this.#writesSharedPage() ? 1 : 0);", "return grown;"],
    [
      "a cut keeps its pages",
      "while (this.#pages.length > kept) this.pool",
      "while (this.#pages.length > kept + 1) this.pool",
    ],
    [
      "pages behind a cut stay findable as written",
      "Math.floor(this.#length / pageSize));",
      "Math.ceil(this.#length / pageSize));",
    ],
    ["the shared page is lost to the others", "this.pool.copyPage(shared, own);", "void shared;"],
  ),
  ...bugsIn(
    "helium/src/engine/engine-storage.ts",
    ["an engine at rest keeps a book", " || slots > MOST_KEPT_SLOTS", ""],
    ["an engine at rest keeps nothing", "if (!this.#inputs?.hasRecorded ||", "if (this.#inputs ||"],
    ["pages are kept without recordings", "if (!this.#inputs?.hasRecorded || slots", "if (slots"],
    ["pages come one by one", "if (this.#isRecording) made.reserve", "if (slots < 0) made.reserve"],
    ["what is kept outlives the model", "    this.#inputs?.dispose();\n", ""],
  ),
];
