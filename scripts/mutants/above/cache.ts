import { bugsIn, type Area } from "./area.ts";

export const cache: Area = {
  name: "cache",
  tests: [
    "packages/nn/src/cache/kv-cache.test.ts",
    "packages/nn/src/cache/kv-sequence.test.ts",
    "packages/helium/test/models/kv-dtype.test.ts",
    "packages/helium/test/models/behaviour.test.ts",
    "packages/helium/test/generation/edges.test.ts",
  ],
  bugs: [
    ...bugsIn(
      "nn/src/cache/kv-cache.ts",
      ["crop leaves one slot more", "Math.max(0, row.length - count)", "Math.max(0, row.length - count + 1)"],
      [
        "repeated rows come as a b a b",
        "this.#rows.flatMap((_, index) => new Array<number>(times).fill(index))",
        "Array.from({ length: times }, () => this.#rows.map((_, index) => index)).flat()",
      ],
      ["a failed first extension keeps its rows", "if (isNew) this.reset();\n      else", ""],
      [
        "another number of rows is accepted",
        "this.#rows.length > 0 && this.#rows.length !== batchSize",
        "this.#rows.length > batchSize",
      ],
      ["the length is the first row's", "Math.max(0, ...this.lengths)", "this.lengths[0] ?? 0"],
      ["page 0 pads the tables with −1", "row.pages[i] ?? 0", "row.pages[i] ?? -1"],
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
      ["old pools are never freed", "    old?.forEach((t) => t?.dispose());\n", ""],
    ),
    ...bugsIn(
      "helium/src/model/storage-dtypes.ts",
      ["2,048 slots are long", "slots <= SHORT", "slots < SHORT"],
      ["a backend without 8-bit rows gets bf16", 'if (!kernels.int8Levels) return "f32";\n', ""],
    ),
    ...bugsIn(
      "helium/src/model/cache-rollback.ts",
      ["a failed pass leaves its slots", "else cache.crop(cache.length - length);", ""],
      ["a failed first pass leaves its rows", "if (batchSize === 0) cache.reset();\n    else", ""],
    ),
  ],
};
