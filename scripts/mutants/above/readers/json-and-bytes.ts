import { bugsIn, type PlantedBug } from "../area.ts";

/** In strict JSON, and in what gives bytes of files, answers and memory. */
export const byteBugs: readonly PlantedBug[] = [
  ...bugsIn(
    "nn/src/io/json/strict-json.ts",
    ["a key may come twice", "if (taken.has(key)) this.#fail(", "if (taken.has(key) && false) this.#fail("],
    ["half a surrogate pair passes", "if (surrogate.test(value))", "if (surrogate.test(raw) && raw !== value)"],
    [
      "text behind the document passes",
      'const value = this.#value(0);\n    this.#skipSpace();\n    if (this.#at < this.#text.length) this.#unexpected("the end");',
      "const value = this.#value(0);",
    ],
    ["depth is not counted in lists", "do items.push(this.#value(depth + 1));", "do items.push(this.#value(depth));"],
    ["one value too many passes", "this.#limit.left-- <= 0", "this.#limit.left-- < 0"],
    ["control characters pass", "if (!(code >= 0x20))", "if (!(code >= 0x00))"],
    ["1e3 is no whole number, 1.0 is one", "/^\\d+$/.test(value.token)", "/^\\d+(\\.0+)?$/.test(value.token)"],
  ),
  ...bugsIn("nn/src/io/bytes/slices-of.ts", [
    "converted tensors are cut before they are converted",
    "isConverted(reader.info(name)) ? undefined : reader.readSlice",
    "reader.readSlice",
  ]),
  ...bugsIn(
    "nn/src/io/bytes/read-ahead.ts",
    ["the last part has the others' length", "Math.min(begin + step, bytes)", "begin + step"],
    ["rows are torn apart", "Math.max(1, Math.floor(PART / unit)) * unit", "PART"],
    ["a buffer is given back while it is read into", "      await part.coming?.catch(() => undefined);\n", ""],
    ["a part that was used keeps its buffer", "        part.buffer?.leave();\n", ""],
    ["the signal is not heard", "this.#signal?.throwIfAborted();", ""],
    ["reading goes on behind the end", "if (this.#end) throw this.#end.reason;", ""],
  ),
  ...bugsIn(
    "nn/src/io/bytes/buffer-pool.ts",
    ["buffers lie on each other", "slab.taken = Math.ceil(", "slab.taken = Math.floor("],
    ["a slab is free while a buffer is in use", "if (--slab.buffers === 0) slab.taken = 0;", "slab.taken = 0;"],
    ["memory grows without end", "if (this.#slabs.length === MOST) return null;", ""],
  ),
  ...bugsIn(
    "nn/src/io/bytes/byte-source.ts",
    ["reads one byte beyond the end pass", "offset + length > size", "offset + length > size + 1"],
    [
      "short answers pass",
      "if (bytes.length !== length) throw shortRead",
      "if (bytes.length > length) throw shortRead",
    ],
    [
      "a view of a larger buffer is given away",
      "bytes.length === bytes.buffer.byteLength || bytes.buffer === into?.buffer ? bytes : new Uint8Array(bytes)",
      "bytes",
    ],
    ["reading goes on after it was closed", "if (closed) throw", "if (closed && size < 0) throw"],
    [
      "a small file may be of any size",
      "if (source.size > mostBytes) throw",
      "if (source.size > mostBytes * 1e9) throw",
    ],
  ),
  ...bugsIn(
    "nn/src/io/bytes/fetch-source.ts",
    [
      "a changed file of the same size passes",
      "answer.total !== total || answer.etag !== etag",
      "answer.total !== total",
    ],
    ["a changed size passes", "answer.total !== total || answer.etag !== etag", "answer.etag !== etag"],
    ["a range that begins elsewhere passes", "range === null || Number(range[1]) !== first ||", "range === null ||"],
    ["a range that ends elsewhere passes", "Number(range[2]) !== end || ", ""],
    ["the last byte is asked for too much", "ask(offset, offset + length - 1)", "ask(offset, offset + length)"],
    ["a whole file is taken for a range", "if (status === 200) {", "if (status === 201) {"],
    ["messages show the query", 'address.replace(/[?#].*$/s, "")', "address"],
    ["compressed ranges pass", 'encoding !== null && encoding !== "identity"', 'encoding === "br"'],
    ["a weak tag is another file", '?.replace(/^W\\//, "")', ""],
    ["a body that is too long is cut", "if (filled + chunk.value.length > length) {", "if (filled > length) {"],
  ),
  ...bugsIn(
    "nn/src/io/bytes/idle-timer.ts",
    ["what comes does not count", "  touch(): void {\n    this.#silent = 0;", "  touch(): void {"],
    ["a stop counts as long as it was", "if (++this.#silent > LOOKS)", "if (++this.#silent > 0)"],
    ["the caller's signal is not heard", '    parent?.addEventListener("abort", this.#stop);\n', ""],
  ),
  ...bugsIn(
    "nn/src/io/node/node-checkpoint.ts",
    ["links may lead out of the folder", "if (!homes.some(", "if (homes.length === 0 && !homes.some("],
    ["a folder with a longer name counts as inside", "allowed.endsWith(sep) ? allowed : allowed + sep", "allowed"],
    ["weights of an earlier save stay", "    await removeStale(folder, new Set(names));\n", ""],
    [
      "the index is looked for first",
      "[singleFileName, indexFileName].find",
      "[indexFileName, singleFileName].find",
      "a folder with both is one that nobody writes, and both name the same weights",
    ],
  ),
  ...bugsIn(
    "nn/src/io/node/node-file-source.ts",
    [
      "what is read behind the first call goes to the start",
      "left = after(left, bytesRead);",
      "left = all;",
      "one call reads 1 GiB, more than a test may hold",
    ],
    ["reads begin at the file's start", "const at = offset + filled;", "const at = filled;"],
  ),
  ...bugsIn(
    "nn/src/io/node/node-temporary-files.ts",
    [
      "files of living processes are removed",
      "if ((await localProcess(mark)) !== null) return hasEnded(mark);",
      "if ((await localProcess(mark)) !== null) return true;",
    ],
    [
      "files of dead processes stay",
      "if ((await localProcess(mark)) !== null) return hasEnded(mark);",
      "if ((await localProcess(mark)) !== null) return false;",
    ],
    [
      "a long name is not cut",
      "while (Buffer.byteLength(name + end) > NAME_BYTES)",
      "while (name.length > NAME_BYTES)",
    ],
  ),
  ...bugsIn(
    "nn/src/io/node/node-atomic-file.ts",
    ["a failed write leaves its file", "      await rm(temporary, { force: true });\n", ""],
    [
      "a chunk is written once, however little was taken",
      "at += (await file.write(",
      "at = chunk.length + 0 * (await file.write(",
      "the system takes less than it is given only on full or odd file systems",
    ],
  ),
];
