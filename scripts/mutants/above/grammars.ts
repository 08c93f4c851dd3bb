import { bugsIn, type Area } from "./area.ts";

/** Of grammars: states, masks, and what tokens are forced. */
export const grammars: Area = {
  name: "grammars",
  tests: [
    "packages/helium/src/grammar/grammar.test.ts",
    "packages/helium/src/grammar/regex/regex-arena.test.ts",
    "packages/helium/src/grammar/regex/utf8-ranges.test.ts",
    "packages/helium/src/grammar/masks/token-mask.test.ts",
    "packages/helium/src/grammar/vocabulary/forced-tokens.test.ts",
    "packages/helium/src/grammar/json-schema/json-schema.test.ts",
    "packages/helium/test/grammar/constrained.test.ts",
  ],
  bugs: [
    ...bugsIn(
      "helium/src/grammar/regex/regex-nodes.ts",
      ["counts are not added", "a.min + b.min, a.max + b.max", "a.min, a.max + b.max"],
      ["ranges with a gap are one", "if (from <= max + 1)", "if (from <= max + 2)"],
      [
        "the empty text is lost beside others",
        "if (own.has(this.empty) && list.length === 2)",
        "if (list.length === 2)",
      ],
      ["nothing is what both and the other do not match", "if (members.has(this.nothing)) return this.nothing;", ""],
    ),
    ...bugsIn(
      "helium/src/grammar/regex/regex-arena.ts",
      ["nothing comes behind what may be empty", "if (!this.isNullable(head)) return", "return"],
      ["a count never ends", "(this.third[r] ?? 0) - 1", "this.third[r] ?? 0"],
      ["a least count is forgotten", "Math.max(0, second - 1)", "0"],
      [
        "what cannot be finished goes on",
        "return this.isEmpty(derivative) ? this.nothing : derivative;",
        "return derivative;",
      ],
      [
        "a loop's part may begin as what follows",
        "if (own.some((word, i) => (word & (others[i] ?? 0)) !== 0)) return null;",
        "",
      ],
    ),
    ...bugsIn(
      "helium/src/grammar/regex/utf8-ranges.ts",
      ["surrogates have UTF-8", "to: 0xd7ff, bytes: 3", "to: 0xdfff, bytes: 3"],
      ["a range is cut one code point early", "const end = from | mask;", "const end = (from | mask) - 1;"],
    ),
    ...bugsIn(
      "helium/src/grammar/automaton/grammar-builder.ts",
      ["a sequence ends at its first part", "if (!isNullable(head)) break;", "break;"],
      [
        "impossible alternatives are begun",
        "if (isProductive(part)) add(of(part), this.empty);",
        "add(of(part), this.empty);",
      ],
    ),
    ...bugsIn(
      "helium/src/grammar/automaton/state-space.ts",
      [
        "only the first caller waits",
        "if (!called.those.includes(behind)) called.those.push(behind);",
        "if (called.those.length === 0) called.those.push(behind);",
      ],
      ["texts end nowhere", "isAccepting = set.isAccepting;", "isAccepting = false;"],
      ["what waits for an empty rule is forgotten", "else for (const one of caller.waiting) items.add(one);", ""],
    ),
    ...bugsIn(
      "helium/src/grammar/masks/terminal-masks.ts",
      ["tokens end with their first terminal", "exits.push(node - 1);", ""],
      ["what both forbid stays allowed", "        clearSubtree(words, this.#trie, node);\n", ""],
      ["ends of another state stay", "takeExits(node, after, false);", "takeExits(node, after, true);"],
    ),
    ...bugsIn(
      "helium/src/grammar/masks/loop-table.ts",
      ["texts may be one too long", "this.#starts[max + 1]", "this.#starts[max + 2]"],
      ["texts may be one too short", "if (count < min) clearSubtree", "if (count < min - 1) clearSubtree"],
      [
        "too short a text may end in the middle of a token",
        "const isOpen = count >= min && count <= max;",
        "const isOpen = count <= max;",
      ],
    ),
    ...bugsIn(
      "helium/src/grammar/masks/state-masks.ts",
      ["bits of two terminals are one's", "merge(words, own);", ""],
      ["shared bits are changed", "words = isShared ? words.slice() : words;", ""],
    ),
    ...bugsIn(
      "helium/src/grammar/masks/token-mask.ts",
      ["ends of texts are not allowed", "[...alsoAllowed, ...this.#ids]", "[...this.#ids]"],
      ["the padding of a vocabulary may come", "scores.fill(-Infinity, count * 32);", ""],
    ),
    ...bugsIn(
      "helium/src/grammar/json-schema/documents/schema-size.ts",
      ["names of a schema are not counted", "characters += name.length;", ""],
      ["values may hold annotations", "take(next, values, () => false)", "take(next, values, isNote)"],
    ),
    ...bugsIn(
      "helium/src/grammar/regex/work-budget.ts",
      ["work of one text uses up all", "- this.#here", ""],
      ["nothing is granted", "this.#left = Math.max(this.#left, steps);", ""],
    ),
    ...bugsIn("helium/src/grammar/automaton/grammar-analysis.ts", [
      "of several that hold a part one is told",
      "ends[part] = at + 1;",
      "",
    ]),
    ...bugsIn(
      "helium/src/grammar/json-schema/documents/schema-pool.ts",
      ["references of a schema lead to the same", "const key = `${from} ${keyword}`;", "const key = keyword;"],
      ["nothing may be the only one", "(only[0] ?? 0) > (NEVER | 1)", "true"],
    ),
    ...bugsIn(
      "helium/src/grammar/grammar.ts",
      [
        "one thread forces for all",
        "if (byte < 0 || (only >= 0 && byte !== only)) return -1;",
        "if (byte < 0) return -1;",
      ],
      ["a text that may end is forced on", "if (isAccepting) return -1;", ""],
    ),
  ],
};
