import { bugsIn, type PlantedBug } from "../area.ts";

/** In the models that make tokens of text, and the files they are read from. */
export const modelBugs: readonly PlantedBug[] = [
  ...bugsIn(
    "helium/src/tokenizer/models/bpe.ts",
    [
      "byte fallback with some of the pieces",
      "if (ids.includes(-1)) return false;\n    for (const id of ids) this.#merger.push(id, start, end);",
      "for (const id of ids) if (id >= 0) this.#merger.push(id, start, end);",
    ],
    [
      "byte fallback splits at missing pieces only",
      "if (ids.includes(-1)) return false;",
      "if (ids.every((id) => id === -1)) return false;",
    ],
    [
      "unknown characters never fuse",
      "const fused: Token | null = fuseUnk ? unknown : null;",
      "const fused = null as Token | null;",
    ],
    ["unknown characters always fuse", "fuseUnk ? unknown : null", "unknown"],
    ["the first character has the prefix", '(start > 0 ? continuingSubwordPrefix : "")', "continuingSubwordPrefix"],
    ["every character has the suffix", '(end === text.length ? endOfWordSuffix : "")', "endOfWordSuffix"],
    ["ignore_merges is ignored", "this.#options.ignoreMerges ? this.vocab.get(text) : undefined", "undefined"],
    [
      "merges are always ignored",
      "this.#options.ignoreMerges ? this.vocab.get(text) : undefined",
      "this.vocab.get(text)",
    ],
    [
      "without an unknown token unknown characters throw",
      "#pushBytes(form, start, end) && unkToken !== null) {",
      "#pushBytes(form, start, end)) {",
    ],
  ),
  ...bugsIn(
    "helium/src/tokenizer/models/pair-merger.ts",
    [
      "a stale pair is merged",
      "if (current < 0 || merges.merged(current) !== merged) continue;",
      "if (current < 0) continue;",
    ],
    ["the pair before a merge is not looked at again", "if (before >= 0) this.#offer(before, left);", ""],
    ["the pair behind a merge is not looked at again", "if (after >= 0) this.#offer(left, after);", ""],
    ["equal ranks go from the right", "rank * positions + left)", "rank * positions + (positions - 1 - left))"],
    ["a merged token ends where its left part does", "this.#ends[last] as number", "this.#ends[at] as number"],
    ["a piece begins with the last one's tokens", "this.#count = 0;", ""],
  ),
  ...bugsIn(
    "helium/src/tokenizer/models/pieces.ts",
    ["pieces are written in small letters", ".toUpperCase()", ""],
    ["one digit is not filled", '.padStart(2, "0")', ""],
  ),
  ...bugsIn(
    "helium/src/tokenizer/models/merge-table.ts",
    [
      "of a pair listed twice the first counts",
      "(this.#rights[middle] as number) <= right) low = middle + 1",
      "(this.#rights[middle] as number) < right) low = middle + 1",
    ],
    ["the last left id has no merges", "left + 1 >= this.#groupStart.length", "left + 2 >= this.#groupStart.length"],
  ),
  ...bugsIn(
    "helium/src/tokenizer/models/min-heap.ts",
    [
      "the last of four children is not looked at",
      "other < first + children && other < size",
      "other < first + children - 1 && other < size",
    ],
    ["a heap that grows forgets", "grown.set(this.#keys);", ""],
  ),
  ...bugsIn("helium/src/tokenizer/models/read-bpe.ts", [
    "merged tokens keep the prefix in the middle",
    "pair[1].slice(prefix.length)",
    "pair[1]",
  ]),
  ...bugsIn(
    "helium/src/tokenizer/models/scored-bpe.ts",
    [
      "equal scores go from the right",
      "heap.push(rank * positions + left)",
      "heap.push(rank * positions + (positions - 1 - left))",
    ],
    ["unused pieces stay", "return unused.size > 0 && unused.has(this.vocab.get(piece) ?? -1);", "return false;"],
    ["a user-defined text is cut", "whole !== undefined && this.#pieces.whole.has(whole)", "false"],
    [
      "runs of unknown characters are many tokens",
      "        unknownStart = start;\n      }\n    }",
      "        unknownStart = start;\n        endUnknown(end);\n      }\n    }",
    ],
    [
      "the longest piece is never joined",
      "if (end - left > this.#longest) return -1;",
      "if (end - left >= this.#longest) return -1;",
    ],
  ),
  ...bugsIn(
    "helium/src/tokenizer/models/pieces.ts",
    ["the lowest score is best", "sort((a, b) => b - a)", "sort((a, b) => a - b)"],
    ["control pieces stand for text", "!inert.has(id) && texts[id]", "texts[id]"],
  ),
  ...bugsIn(
    "helium/src/tokenizer/models/trie.ts",
    [
      "the shortest key is found",
      "if (value >= 0) found = { end: at, value };",
      "if (value >= 0) return { end: at, value };",
    ],
    [
      "a node of many children misses one",
      "if ((this.#units[middle] as number) <= unit) low = middle;",
      "if ((this.#units[middle] as number) < unit) low = middle;",
    ],
  ),
  ...bugsIn(
    "helium/src/tokenizer/models/unigram.ts",
    ["of equal sums the last wins", "sum > (best[at] as number)", "sum >= (best[at] as number)"],
    ["an unknown character scores like the worst", "lowest - unknownPenalty", "lowest"],
    [
      "sums in single precision are double",
      "const sum = isSingle ? Math.fround(exact) : exact;\n        if ((starts[at]",
      "const sum = exact;\n        if ((starts[at]",
    ],
    [
      "bytes with a missing piece are written",
      "if (!isComplete) return emit(this.#requireUnk(text), text, start, end);",
      "",
    ],
    ["a longer piece covers its first character", "if (at === nextCharacter) isCovered = true;", "isCovered = true;"],
    ["the second half of a pair begins a piece", "isHighSurrogate(text.charCodeAt(position)) ? 2 : 1", "1"],
  ),
  ...bugsIn(
    "helium/src/tokenizer/sentencepiece/scored-vocabulary.ts",
    ["user-defined pieces keep their score", '(roles[id] === "user-defined" ? userDefinedScore : score)', "score"],
    ["unused pieces stand for text", 'new Set([...inert, ...idsOf(vocabulary, "unused")])', "inert"],
  ),
  ...bugsIn(
    "helium/src/tokenizer/sentencepiece/read-model.ts",
    [
      "without a setting there is no space in front",
      "addDummyPrefix: number(normalizer, 3, 1) !== 0",
      "addDummyPrefix: number(normalizer, 3, 0) !== 0",
    ],
    [
      "bos and eos swap",
      'bos: idOf(41, 1, "control"),\n        eos: idOf(42, 2, "control")',
      'bos: idOf(42, 2, "control"),\n        eos: idOf(41, 1, "control")',
    ],
  ),
];
