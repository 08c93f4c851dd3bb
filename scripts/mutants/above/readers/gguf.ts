import { bugsIn, type PlantedBug } from "../area.ts";

/** In GGUF, single and sharded. */
export const ggufBugs: readonly PlantedBug[] = [
  ...bugsIn(
    "nn/src/io/gguf/gguf-cursor.ts",
    ["64-bit lengths lose their high half", "high * 2 ** 32 + this", "this"],
    [
      "a skip beyond the window stops at its end",
      "this.#start = this.position + length;",
      "this.#start = this.position;",
    ],
    [
      "the window is read from its own start",
      "await this.#source.read(position, wanted)",
      "await this.#source.read(this.#start, wanted)",
    ],
    ["a negative length skips back", "if (high < 2 ** 21)", "if (high < 2 ** 32)"],
  ),
  ...bugsIn(
    "nn/src/io/gguf/gguf-header.ts",
    ["dimensions keep the file's order", "shape: dimensions.toReversed(),", "shape: dimensions,"],
    ["the data begins right behind the head", "alignUp(cursor.position, alignment)", "cursor.position"],
    ["offsets count from the file's start", "const begin = dataBegin + offset;", "const begin = offset;"],
    ["offsets need no alignment", "if (offset % alignment !== 0)", "if (offset % 1 !== 0)"],
    ["rows that do not fill blocks pass", "columns % type.blockSize !== 0", "columns < 0"],
    [
      "general.alignment is ignored",
      'if (given.type === "u32" && isPower) return value;',
      'if (given.type === "u32" && isPower) return 32;',
    ],
    ["version 1 passes", "version === 2 || version === 3", "version <= 3"],
    ["a key may come twice", "if (values.has(key)) fail(", "if (values.has(key) && n < 0) fail("],
    ["a tensor may come twice", "if (names.has(name)) fail(", "if (names.has(name) && n < 0) fail("],
    ["counts that do not fit pass", "given * leastBytes > cursor.remaining", "given > cursor.remaining"],
    ["a bool of 2 passes", "(taken[0] ?? 0) > 1", "(taken[0] ?? 0) > 2"],
    ["overlapping tensors pass", "if (begin < covered) fail(", "if (begin + 1e9 < covered) fail("],
    ["holes pass", "if (gap > 0) fail(", "if (gap > 1e9) fail("],
    ["a tensor may reach beyond the file", "begin + bytes > cursor.size", "begin > cursor.size"],
  ),
  ...bugsIn(
    "nn/src/io/gguf/gguf-reader.ts",
    ["strings of an array are read one after the other's start", "      at = end;\n", ""],
    ["numbers beyond 2⁵³ are rounded", "!Number.isSafeInteger(Number(value))", "!Number.isFinite(Number(value))"],
  ),
  ...bugsIn(
    "nn/src/io/gguf/ggml-types.ts",
    ["bf16 has f16's number", "bf16: 30", "bf16: 31"],
    ["iq4_xs blocks take iq3's bytes", "iq3_s: [256, 110]", "iq3_s: [256, 112]"],
  ),
  ...bugsIn("tensor/src/quant/formats/q5-0.ts", ["q5_0 has q5_1's number", "ggmlType: 6", "ggmlType: 7"]),
  ...bugsIn(
    "nn/src/io/gguf/gguf-head-writer.ts",
    ["the buffer forgets what it held when it grows", "grown.set(this.#bytes.subarray(0, this.#length));", ""],
    ["u8 may be 256", "u8: [0n, 2n ** 8n - 1n]", "u8: [0n, 2n ** 8n]"],
    ["bools are written the other way", "value === true ? 1 : 0", "value === true ? 0 : 1"],
  ),
  ...bugsIn(
    "nn/src/io/gguf/gguf-writer.ts",
    [
      "dimensions are written in row-major order",
      "for (const size of shape.toReversed())",
      "for (const size of shape)",
    ],
    ["offsets are not aligned", "offset += alignUp(lengths[n] ?? 0, alignment);", "offset += lengths[n] ?? 0;"],
    ["the last tensor is not padded", "if (padding > 0) await", "if (padding > 0 && n < ordered.length - 1) await"],
  ),
  ...bugsIn(
    "nn/src/io/gguf/sharded-gguf.ts",
    ["shards count from 0", "padded(index + 1)}-of-", "padded(index)}-of-"],
    [
      "a shard of another place passes",
      "if (given === index && count === shards) return;",
      "if (count === shards) return;",
    ],
    [
      "a shard less passes",
      "announced !== undefined && announced !== shardOf.size",
      "announced !== undefined && announced < shardOf.size",
    ],
  ),
];
