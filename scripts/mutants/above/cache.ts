import { bugsIn, type Area } from "./area.ts";

export const cache: Area = {
  name: "cache",
  tests: [
    "packages/nn/src/cache/kv-cache.test.ts",
    "packages/helium/test/kv-dtype.test.ts",
    "packages/helium/test/behaviour.test.ts",
    "packages/helium/test/generation-edges.test.ts",
  ],
  bugs: [
    ...bugsIn(
      "nn/src/cache/kv-cache.ts",
      [
        "a shared page is written",
        "if (count > 0 && this.#writesSharedPage(row)) {",
        "if (count > 1 && this.#writesSharedPage(row)) {",
      ],
      [
        "a full page counts as open",
        "row.length % this.pageSize === 0 ? undefined",
        "row.length % this.pageSize === 1 ? undefined",
      ],
      ["the own page keeps the shared one's count", "      this.#drop(shared);\n", ""],
      ["a page more is reserved too few", "return grown + (this.#writesSharedPage(row) ? 1 : 0);", "return grown;"],
      ["rows are written from their start", "const start = row.length - T;", "const start = 0;"],
      [
        "the slot within a page is the slot",
        "const within = slot % this.pageSize;",
        "const within = Math.min(slot, this.pageSize - 1);",
      ],
      ["crop leaves one slot more", "Math.max(0, row.length - count)", "Math.max(0, row.length - count + 1)"],
      ["truncate lengthens short rows", "Math.min(length, row.length)", "length"],
      [
        "a shortened row keeps one page too many",
        "Math.ceil(length / this.pageSize))) this.#drop",
        "Math.ceil(length / this.pageSize) + 1)) this.#drop",
      ],
      ["selected rows share one list of pages", "pages: [...row.pages], length", "pages: row.pages, length"],
      ["selected pages are not counted", "(this.#references[page] ?? 0) + 1;", "this.#references[page] ?? 1;"],
      ["old rows keep their pages", "    for (const row of old) for (const page of row.pages) this.#drop(page);\n", ""],
      [
        "repeated rows come as a b a b",
        "this.#rows.flatMap((_, index) => new Array<number>(times).fill(index))",
        "Array.from({ length: times }, () => this.#rows.map((_, index) => index)).flat()",
      ],
      [
        "growth forgets the pages it adds",
        "for (let page = capacity - 1; page >= this.#capacity; page--)",
        "for (let page = capacity - 1; page > this.#capacity; page--)",
      ],
      [
        "growth ignores what is expected",
        "Math.min(2 * this.#capacity, Math.max(this.#expectedPages, needed))",
        "2 * this.#capacity",
      ],
      [
        "a failed extension keeps its slots",
        "else this.#rows.forEach((row, b) => this.#shorten(row, lengths[b] ?? 0));",
        "",
      ],
      ["a failed first extension keeps its rows", "if (isNew) this.reset();\n      else", ""],
      [
        "another number of rows is accepted",
        "this.#rows.length > 0 && this.#rows.length !== batchSize",
        "this.#rows.length > batchSize",
      ],
      [
        "rows of a pass come back first",
        "[...all.slice(0, from), ...this.#rows, ...all.slice(to)]",
        "[...this.#rows, ...all.slice(0, from), ...all.slice(to)]",
      ],
      ["the length is the first row's", "Math.max(0, ...this.lengths)", "this.lengths[0] ?? 0"],
      ["page 0 pads the tables with −1", "row.pages[i] ?? 0", "row.pages[i] ?? -1"],
      ["a cache works after it was disposed", "    this.#isDisposed = true;\n", ""],
    ),
    ...bugsIn(
      "nn/src/cache/kv-store.ts",
      ["growth forgets what was stored", "        if (t && before)\n", "        if (t && before && false)\n"],
      [
        "a page is copied without its scales",
        "      for (const t of this.#allocated)\n        if (t)",
        "      for (const t of this.#allocated.slice(0, 1))\n        if (t)",
      ],
      ["a page is copied onto itself", "[to, ...t.shape.slice(1)", "[from, ...t.shape.slice(1)"],
      ["parts are written at the page's start", "[page, 0, slot, 0]", "[page, 0, 0, 0]"],
      ["old pools are never freed", "    old?.forEach((t) => t?.dispose());\n", ""],
    ),
    ...bugsIn(
      "nn/src/cache/page-pool.ts",
      ["only the keys grow", "    this.values.grow(pages);\n", ""],
      [
        "values of the first row are written for all",
        "narrow(narrow(x, 0, row, 1), 2, from, n)",
        "narrow(narrow(x, 0, 0, 1), 2, from, n)",
      ],
      ["parts begin at the first slot", "2, from, n)", "2, 0, n)"],
      ["the values' page is not copied", "    this.values.copyPage(from, to);\n", ""],
      ["values are stored as keys", "values: this.values.encode(values)", "values: this.values.encode(keys)"],
    ),
    ...bugsIn(
      "helium/src/kv-dtype.ts",
      ["2,048 slots are long", "slots <= SHORT", "slots < SHORT"],
      ["a backend without 8-bit rows gets bf16", 'if (!kernels.int8Levels) return "f32";\n', ""],
    ),
    ...bugsIn(
      "helium/src/restoring-cache.ts",
      ["a failed pass leaves its slots", "else cache.crop(cache.length - length);", ""],
      ["a failed first pass leaves its rows", "if (batchSize === 0) cache.reset();\n    else", ""],
    ),
  ],
};
