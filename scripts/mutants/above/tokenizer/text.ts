import { bugsIn, type PlantedBug } from "../area.ts";

/** In what is done to a text before a model sees it: normalizers, pre-tokenizers, and the places that they keep. */
export const textBugs: readonly PlantedBug[] = [
  ...bugsIn(
    "helium/src/tokenizer/normalizers/characters-map.ts",
    [
      "the shortest key is replaced",
      "if (!isDead && value >= 0) found = { end: at, value };",
      "if (!isDead && value >= 0 && found === null) found = { end: at, value };",
    ],
    ["far children are looked for nearby", "((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0", "(unit >>> 10) >>> 0"],
  ),
  ...bugsIn(
    "helium/src/tokenizer/normalizers/sentencepiece.ts",
    ["spaces at the end stay", "while (normalized.text.charAt(end - 1) === spacePiece) end--;", ""],
    ["spaces at the start stay", "if (!isEmpty && waiting === 0)", "if (waiting === 0)"],
    [
      "kept pieces are normalised",
      "match === null ? (charactersMap?.longestMatch(text, at) ?? null) : null",
      "charactersMap?.longestMatch(text, at) ?? null",
    ],
    ["no space is put in front", "if (isEmpty && addDummyPrefix)", "if (isEmpty && addDummyPrefix && waiting > 0)"],
  ),
  ...bugsIn(
    "helium/src/tokenizer/normalizers/strip.ts",
    [
      "left and right swap",
      'node.get("strip_left").boolean();\n  const right = node.get("strip_right")',
      'node.get("strip_right").boolean();\n  const right = node.get("strip_left")',
    ],
    [
      "a blank text becomes one of negative length",
      "Math.min(leadingSpaceEnd(text, 0), end)",
      "leadingSpaceEnd(text, 0)",
      "slice(start, end) with start beyond end is empty too",
    ],
  ),
  ...bugsIn("helium/src/tokenizer/normalizers/replace.ts", [
    "the content has the first character's place",
    "builder.put(content, end - 1)",
    "builder.put(content, start)",
  ]),
  ...bugsIn(
    "helium/src/tokenizer/normalizers/unicode-form.ts",
    ["an added character has the next one's place", "builder.put(character, at - 1);", "builder.put(character, at);"],
    [
      "swallowed characters are not passed",
      "for (let taken = change; taken <= 0 && at < to; taken++)",
      "for (let taken = 0; taken <= 0 && at < to; taken++)",
    ],
    ["compatibility forms are decomposed canonically", 'form.includes("K") ? "NFKD" : "NFD"', '"NFD"'],
  ),
  ...bugsIn(
    "helium/src/tokenizer/normalizers/normalize-text.ts",
    ["marks without a class move", "if (moves) waiting.push(part);", "waiting.push(part);\n      if (moves) continue;"],
    ["long runs lose their compatibility forms", 'form.includes("K") ? "NFKD" : "NFD")', '"NFD")'],
    [
      "a run ends after 32 marks",
      "while (end < text.length && mark.test(text.slice(end, characterEnd(text, end)))) end = characterEnd(text, end);",
      "",
    ],
  ),
  ...bugsIn(
    "helium/src/tokenizer/pre-tokenizers/byte-level.ts",
    ["a space is put before a space", 'addPrefixSpace && !piece.text.startsWith(" ")', "addPrefixSpace"],
    ["contractions are not cut", "'s|'t|'re|'ve|'m|'ll|'d| ?", "'s|'t|'re|'ve|'m|'ll| ?"],
    ["the last space of many is not left to the word", "\\s+(?!\\S)|\\s+", "\\s+"],
    [
      "the expression runs always",
      'useRegex ? splitText(text, words, "Isolated") : [text]',
      'splitText(text, words, "Isolated")',
    ],
  ),
  ...bugsIn(
    "helium/src/tokenizer/pre-tokenizers/metaspace.ts",
    ["first is always", 'prependScheme === "first" && text.origin === 0', 'prependScheme === "first"'],
    [
      "first is never",
      'prependScheme === "first" && text.origin === 0',
      'prependScheme === "first" && text.origin < 0',
    ],
    ["one is put before one", "isWanted && !text.text.startsWith(replacement)", "isWanted"],
    ["cuts merge with the piece before", '"MergedWithNext") : [text]', '"MergedWithPrevious") : [text]'],
  ),
  ...bugsIn(
    "helium/src/tokenizer/pre-tokenizers/split-behavior.ts",
    [
      "two matches merge with the piece before",
      "if (isMatch && !previousMatched && last !== undefined) last.end = end;",
      "if (isMatch && last !== undefined) last.end = end;",
    ],
    ["removed parts stay", "spans.filter((span) => !span.isMatch)", "spans"],
  ),
  ...bugsIn(
    "helium/src/tokenizer/pre-tokenizers/split.ts",
    ["invert is ignored", 'node.get("invert").boolean(false) ? invertPattern(pattern) : pattern', "pattern"],
    [
      "digits stay together",
      'node.get("individual_digits").boolean() ? "Isolated"',
      'node.get("individual_digits").boolean() ? "Contiguous"',
    ],
  ),
  ...bugsIn(
    "helium/src/tokenizer/aligned-text.ts",
    ["the second half of a pair begins later", "index - 1 : index);", "index : index);"],
    [
      "a cropped text begins anew",
      "return this.#part(from, to, this.origin);",
      "return this.#part(from, to, this.start(from));",
    ],
    ["code points are units", "if (!isHighSurrogate(text.charCodeAt(unit))) count++;", "count++;"],
  ),
  ...bugsIn("helium/src/tokenizer/aligned-text.ts", [
    "growth is not limited",
    "if (this.#left >= 0) return;",
    "if (this.#left >= -1e12) return;",
  ]),
  ...bugsIn(
    "helium/src/tokenizer/unicode/byte-alphabet.ts",
    ["the soft hyphen stands for itself", "byte >= 0xae;", "byte >= 0xad;"],
    ["characters of three bytes have two", "visit(0xe0 | (codePoint >> 12));", "visit(0xc0 | (codePoint >> 12));"],
  ),
];
