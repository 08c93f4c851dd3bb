import { bugsIn, type Area } from "./area.ts";

export const recording: Area = {
  name: "recording",
  tests: [
    "packages/tensor/src/backends/wasm/recording/command-log.test.ts",
    "packages/tensor/src/backends/wasm/memory/region.test.ts",
    "packages/helium/src/model/sequence-steps.test.ts",
    "packages/helium/src/engine/pass-inputs.test.ts",
    "packages/tensor/src/recorded-work.test.ts",
    "packages/helium/test/engine/replay.test.ts",
    "packages/helium/test/engine/reuse.test.ts",
    "packages/helium/test/models/wasm-memories.test.ts",
    "packages/tensor/test/wasm/wasm-memories.test.ts",
  ],
  bugs: [
    ...bugsIn(
      "tensor/src/backends/recording/noted-recording.ts",
      ["one run is enough", "if (!last || !this.#last) return;", "if (!last) return this.#keep(log);"],
      [
        "a run that differs is kept",
        "if (difference === null) return this.#keep(log);",
        "if (difference !== '') return this.#keep(log);",
      ],
      ["a freed storage ends nothing", "storage.users.add(this)", "storage"],
      ["a refusal of the log is not heard", "if (log.refusal !== null) return this.#refuse(log.refusal);", ""],
      ["a region that grew counts as a run", "this.#noting.hasGrown ? null : log", "log"],
      ["the memory of a program leaks", "    this.#program.dispose();\n", ""],
      [
        "a check trusts any run",
        "    if (difference !== null) this.#refuse(`a later",
        "    if (difference === '') this.#refuse(`a later",
      ],
      ["patience has no end", "++this.#differences >= PATIENCE", "++this.#differences >= 1e9"],
    ),
    ...bugsIn(
      "tensor/src/backends/wasm/recording/recorder.ts",
      [
        "a bad index is not asked for",
        "if (this.#backend.context.takeStatus())",
        "if (this.#backend.context.takeStatus() && this.#backend.executor.threads > 64)",
      ],
      ["an error leaves the recorder on", "      arena.recorded = null;\n", ""],
      ["bytes of a program are never given back", "        count(-program.byteLength);\n", ""],
      ["recordings nest", "if (arena.recorded) throw", "if (false) throw"],
      [
        "bytes of the region are counted twice",
        "this.#backend.count(region.byteLength - held);",
        "this.#backend.count(region.byteLength);",
      ],
      ["a disposed recorder keeps its region", "    this.#region.dispose();\n", ""],
    ),
    ...bugsIn(
      "tensor/src/backends/wasm/recording/command-log.ts",
      ["parameters of before stay", "    i32.fill(0, FIRST_WORD, FIRST_WORD + BLOCK_WORDS);\n", ""],
      ["the last parameter is not noted", "FIRST_WORD + this.#words)", "FIRST_WORD + this.#words - 1)"],
      [
        "writes of the host are not compared",
        "differingWord(first.constant ?? none, second.constant ?? none) !== null",
        "false",
      ],
      ["a write of the host is kept by reference", "bytes.slice()", "bytes"],
      [
        "writes of the host are forgotten",
        '    this.commands.push({ kernel: "move"',
        '    if (bytes.length < 0) this.commands.push({ kernel: "move"',
      ],
      ["parameters are not compared", "    if (word !== null)\n", "    if (word === -1)\n"],
      ["units are not compared", "if (second.units !== first.units)", "if (second.units < 0)"],
      [
        "a longer run is the same",
        "return more ? `${more.kernel} came behind its last command` : null;",
        "return more && more.units < 0 ? `${more.kernel} came behind its last command` : null;",
      ],
      ["freed storages are not looked at", "if (storage.isReleased) return", "if (false) return"],
    ),
    ...bugsIn(
      "tensor/src/backends/wasm/recording/program.ts",
      ["constants are not pointed to", "arena.i32[this.params[i] / 4 + 1] = constantAt;", ""],
      ["all constants lie at one place", "      constantAt += roundedLength(constant);\n", ""],
      ["blocks overlap", "this.#address + i * BLOCK_BYTES)", "this.#address + i * 64)"],
      [
        "the first block is everybody's",
        "Uint32Array.from(commands, (_, i) =>",
        "Uint32Array.from(commands, (_, j, i = 0 * j) =>",
      ],
    ),
    ...bugsIn(
      "tensor/src/backends/wasm/memory/region.ts",
      [
        "a run goes on with what the last one left",
        "    this.isShort = false;\n    this.#free = new FreeList();\n",
        "    this.isShort = false;\n",
      ],
      ["an old block is freed into a later run", "else if (run === this.run)", "else"],
      ["blocks elsewhere are lost", "this.#source.releaseOwn(address, bytes);\n    else", "void bytes;\n    else"],
      ["a short region is not told", "    this.isShort = true;\n", ""],
      [
        "its memory is never given back",
        "this.#source.releaseOwn(address, bytes);\n  }\n\n  /** False",
        "void [address, bytes];\n  }\n\n  /** False",
      ],
    ),
    ...bugsIn(
      "tensor/src/backends/wasm/memory/storage.ts",
      ["a release ends no recording", '    this.changed("a storage that it uses was freed");\n', ""],
      ["storages of a region are pinned", "if (this.#region === null) this", "this"],
      ["work in JavaScript is not noted", 'arena.recorded?.log.refuse("a part of it runs in JavaScript");', ""],
      [
        "a storage of a region goes to the arena",
        "if (this.#region) this.#region.release(address, this.#bytes, this.#run);\n    else ",
        "",
      ],
    ),
    ...bugsIn(
      "tensor/src/backends/wasm/backend.ts",
      [
        "a write in recorded work is not noted",
        "storage.arena.recorded?.log.write(storage.address + offset, bytes);",
        "",
      ],
      [
        "weights written anew end no recording",
        'if (storage.finite !== null) storage.changed("weights that it uses were written");',
        "",
      ],
      [
        "a read in recorded work is not noted",
        'storage.arena.recorded?.log.refuse("a part of it is read by the host");',
        "",
      ],
    ),
    ...bugsIn(
      "tensor/src/backends/wasm/kernel-context.ts",
      ["a further memory is not noted", 'this.arena.recorded?.log.refuse("its weights lie in several memories");', ""],
      [
        "floats are not counted as parameters",
        "this.arena.recorded?.log.reach(index + 1);",
        "",
        "Every kernel with a float sets a later word too.",
      ],
    ),
    ...bugsIn(
      "tensor/src/recorded-work.ts",
      ["other tensors are replayed", "if (wasReady && !areSame(operands, this.#operands))", "if (wasReady && false)"],
      [
        "tensors of a run's own are replayed",
        'if (operands === null) return this.#withoutRecord(body, "it has tensors of its own");',
        "operands ??= [];",
      ],
      [
        "a listener hears nothing of a replay",
        "|| isTraced(this.#backend)) return scope(body)",
        ") return scope(body)",
      ],
      [
        "results of a recording that ended are kept",
        "if (!isReady(recording)) this.#forgetResults();\n    else if",
        "if",
      ],
      [
        "a replay hands out its own results",
        "this.#results.map((result) => result.view(result.layout))",
        "this.#results",
      ],
      ["no run is ever compared", "++this.#replays % this.#checkEvery !== 0", "++this.#replays !== 0"],
    ),
    ...bugsIn(
      "helium/src/engine/pass-inputs.ts",
      [
        "buffers are those of other page tables",
        "[tokens, sequences, pages, outputs].join",
        "[tokens, sequences, outputs].join",
      ],
      ["buffers of a disposed engine stay", "for (const inputs of this.#kept.values()) inputs.dispose();", ""],
    ),
    ...bugsIn(
      "helium/src/model/sequence-steps.ts",
      ["the last id of the vocabulary is refused", "id < vocabSize", "id < vocabSize - 1"],
      ["one more id is let through", "id < vocabSize", "id <= vocabSize"],
      ["the place is one too far", "sequence.length - ids.length + t", "sequence.length - ids.length + t + 1"],
    ),
  ],
};
