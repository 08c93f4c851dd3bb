import { bugsIn, type Area } from "./area.ts";

export const tokenizer: Area = {
  name: "tokenizer",
  tests: [
    "packages/helium/test/tokenizer/components.test.ts",
    "packages/helium/test/tokenizer/edges.test.ts",
    "packages/helium/src/tokenizer/tokenizer.test.ts",
    "packages/helium/src/tokenizer/sentencepiece/sentencepiece.test.ts",
    "packages/helium/src/tokenizer/models/scored-bpe.test.ts",
    "packages/helium/src/tokenizer/models/trie.test.ts",
    "packages/helium/src/tokenizer/models/unigram.test.ts",
    "packages/helium/src/tokenizer/models/bpe.test.ts",
    "packages/helium/src/tokenizer/normalizers/normalize-text.test.ts",
    "packages/helium/src/tokenizer/auto-tokenizer.test.ts",
    "packages/helium/test/tokenizer/malformed.test.ts",
    "packages/helium/test/tokenizer/fixtures.test.ts",
    "packages/helium/test/tokenizer/hostile.test.ts",
  ],
  bugs: [
    ...bugsIn(
      "helium/src/tokenizer/added-tokens.ts",
      [
        "rstrip takes one space only",
        "spaceEnd = leadingSpaceEnd(text, match.end, spaceEnd)",
        "spaceEnd = Math.min(leadingSpaceEnd(text, match.end, spaceEnd), match.end + 1)",
      ],
      [
        "lstrip goes over an earlier rstrip",
        "Math.max(trailingSpaceStart(text, matchStart, done), done)",
        "trailingSpaceStart(text, matchStart, 0)",
      ],
      [
        "a token that a flag refuses leaves its text",
        "      at = match.end;\n      if (token === undefined",
        "      at++;\n      if (token === undefined",
      ],
      [
        "special tokens are found though they are to be split",
        "(skipSpecial && token.special)",
        "(skipSpecial && false)",
      ],
      ["all tokens are split", "(skipSpecial && token.special)", "skipSpecial"],
      ["normalized tokens match their content", "normalized.set(form, id);", "normalized.set(content, id);"],
      [
        "normalized tokens decode to their content",
        "if (form !== content) this.#normalizedContents.set(id, form);",
        "",
      ],
      [
        "text behind the last token is lost",
        "    push(done, text.length, null);\n    return splits;",
        "    return splits;",
      ],
    ),
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
      [
        "marks without a class move",
        "if (moves) waiting.push(part);",
        "waiting.push(part);\n      if (moves) continue;",
      ],
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
      "helium/src/tokenizer/post-processors/byte-level.ts",
      ["trailing spaces stay in the offsets", "if (end >= trailing) ends[index]", "if (end < trailing) ends[index]"],
      [
        "the space that was put in front counts",
        "addPrefixSpace && leading === 1 && (index === 0 || start === 0)",
        "false",
      ],
    ),
    ...bugsIn(
      "helium/src/tokenizer/post-processors/template.ts",
      ["a pair has the single template", "encodings.length === 2 ? pair : single", "single"],
      ["the second text has the first one's type", ".withTypeId(piece.typeId)]", ".withTypeId(0)]"],
      [
        "added tokens of a pair are those of one text",
        "countSpecials(isPair ? pair : single)",
        "countSpecials(single)",
      ],
    ),
    ...bugsIn(
      "helium/src/tokenizer/decoders/byte-fallback.ts",
      [
        "invalid bytes are one character",
        'for (let count = 0; count < bytes.length; count++) pass("\\ufffd");',
        'pass("\\ufffd");',
      ],
      [
        "valid parts of an invalid run are shown",
        '"utf-8", { fatal: true, ignoreBOM: true }',
        '"utf-8", { ignoreBOM: true }',
      ],
      ["a run at the end is lost", "    close: () => {\n      endRun();", "    close: () => {"],
    ),
    ...bugsIn(
      "helium/src/tokenizer/decoders/byte-level.ts",
      ["a character in two tokens is broken", "{ stream: true }", "{ stream: false }"],
      ["a broken character at the end is lost", "next.write(decoder.decode());", ""],
      [
        "added tokens outside the alphabet vanish",
        "fromByteLevel(token) ?? encoder.encode(token)",
        "fromByteLevel(token) ?? new Uint8Array(0)",
      ],
    ),
    ...bugsIn(
      "helium/src/tokenizer/decoders/metaspace.ts",
      [
        "every token loses its space",
        'index === 0 && prependScheme !== "never" ? "" : " "',
        'prependScheme !== "never" ? "" : " "',
      ],
      ["a space that nobody put is taken", 'index === 0 && prependScheme !== "never"', "index === 0"],
    ),
    ...bugsIn(
      "helium/src/tokenizer/decoders/strip.ts",
      ["all leading ones go", "            leading--;\n", ""],
      [
        "trailing ones stay",
        "        held = rest.slice(to);\n        next.write(rest.slice(0, to));",
        "        next.write(rest);",
      ],
      [
        "what a token before held comes late",
        '        leading = start;\n        held = "";',
        "        leading = start;",
      ],
    ),
    ...bugsIn(
      "helium/src/tokenizer/stream-decoder.ts",
      ["a flush keeps the state", "      sink = open();\n      return take();", "      return take();"],
      ["special tokens are not skipped", "options.skipSpecialTokens ?? false;\n  let text", "false;\n  let text"],
    ),
    ...bugsIn(
      "helium/src/tokenizer/encode-batch.ts",
      [
        "special tokens take no room",
        "const maxLength = options.maxLength - added;",
        "const maxLength = options.maxLength;",
      ],
      [
        "pads are those of the right",
        "row.padded(count, options.paddingSide, id, token)",
        'row.padded(count, "right", id, token)',
      ],
      [
        "a multiple is rounded down",
        "Math.ceil(target / options.padToMultipleOf)",
        "Math.floor(target / options.padToMultipleOf)",
      ],
      [
        "the longest row is the first",
        "rows.reduce((length, row) => Math.max(length, row.length), 0)",
        "rows[0]?.length ?? 0",
      ],
    ),
    ...bugsIn(
      "helium/src/tokenizer/encoding.ts",
      ["pads are seen", "new Array<string>(count).fill(token), 0, 0);", "new Array<string>(count).fill(token), 0, 1);"],
      [
        "special tokens are ordinary",
        "      specialTokensMask: filled(count, 1),",
        "      specialTokensMask: filled(count, 0),",
      ],
    ),
    ...bugsIn(
      "helium/src/tokenizer/encoding.ts",
      ["the right side loses", 'side === "left" ? encoding.slice(excess', 'side === "right" ? encoding.slice(excess'],
      ["the shorter text gives first", "if (isSwapped) lengths.reverse();", ""],
      ["the odd token goes to the shorter", "return [half, maxLength - half];", "return [maxLength - half, half];"],
      ["only_second cuts the first", 'strategy === "only_second" ? 1 : 0', "0"],
    ),
    ...bugsIn(
      "helium/src/tokenizer/options.ts",
      ["true cuts the first only", 'truncation === true ? "longest_first"', 'truncation === true ? "only_first"'],
      [
        "the tokenizer's padding side is ignored",
        "options.paddingSide ?? defaults.paddingSide",
        'options.paddingSide ?? "right"',
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
    ...bugsIn(
      "helium/src/tokenizer/unicode/byte-alphabet.ts",
      ["the soft hyphen stands for itself", "byte >= 0xae;", "byte >= 0xad;"],
      ["characters of three bytes have two", "visit(0xe0 | (codePoint >> 12));", "visit(0xc0 | (codePoint >> 12));"],
    ),
    ...bugsIn(
      "helium/src/tokenizer/pipeline.ts",
      ["half a pair stays", 'text.replace(/\\p{Surrogate}/gu, "\\ufffd")', "text"],
      [
        "special tokens are decoded though they are to be skipped",
        "skipSpecialTokens && this.added.isSpecial(id)",
        "false",
      ],
      ["special tokens are normalized by default", ".boolean(!special)", ".boolean(true)"],
      [
        "an added token keeps an id that the model has for it",
        "model.vocab.get(token.content) ?? token.id",
        "token.id",
      ],
    ),
    ...bugsIn("helium/src/tokenizer/tokenizer-config.ts", [
      "a token of the config takes a place that is taken",
      "!taken.has(id) && (parts",
      "(parts",
    ]),
    ...bugsIn(
      "helium/src/tokenizer/tokenizer-config.ts",
      [
        "special_tokens_map wins",
        "[config, specialTokensMap].map((file) => file.get(`${name}_token`))",
        "[specialTokensMap, config].map((file) => file.get(`${name}_token`))",
      ],
      ["no limit is a limit", "value >= unlimited ? Infinity : Math.floor(value)", "Math.floor(value)"],
    ),
    ...bugsIn(
      "helium/src/tokenizer/decoders/clean-up.ts",
      ["the contraction n't keeps its space", '  [" n\'t", "n\'t"],\n', ""],
      ["only the first is joined", "cleaned.replaceAll(spaced, joined)", "cleaned.replace(spaced, joined)"],
    ),
    ...bugsIn("helium/src/tokenizer/aligned-text.ts", [
      "growth is not limited",
      "if (this.#left >= 0) return;",
      "if (this.#left >= -1e12) return;",
    ]),
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
    ...bugsIn(
      "helium/src/tokenizer/tokenizer.ts",
      [
        "added tokens count as the model's",
        "model.vocabSize + [...added.ids.keys()].filter((content) => !model.vocab.has(content)).length",
        "model.vocabSize + added.ids.size",
      ],
      ["tokenize adds special tokens", "{ addSpecialTokens: false, ...options }).tokens", "options).tokens"],
      [
        "a chat is framed twice",
        "this.encode(this.applyChatTemplate(messages, options), { addSpecialTokens: false })",
        "this.encode(this.applyChatTemplate(messages, options))",
      ],
      [
        "an unknown token has no id",
        "this.#pipeline.tokenToId(token) ?? this.unkTokenId",
        "this.#pipeline.tokenToId(token) ?? null",
      ],
    ),
  ],
};
