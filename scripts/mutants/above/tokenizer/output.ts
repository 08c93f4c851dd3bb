import { bugsIn, type PlantedBug } from "../area.ts";

/** In what is made of tokens: encodings with their offsets, rows of a batch, and text again. */
export const outputBugs: readonly PlantedBug[] = [
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
    ["added tokens of a pair are those of one text", "countSpecials(isPair ? pair : single)", "countSpecials(single)"],
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
    ["a run at the end is lost", "      close: () => {\n        endRun();", "      close: () => {"],
  ),
  ...bugsIn(
    "helium/src/tokenizer/decoders/byte-level.ts",
    ["a character in two tokens is broken", "{ stream: true }", "{ stream: false }"],
    ["a broken character at the end is lost", "next.write(decoder.decode());", ""],
    [
      "added tokens outside the alphabet vanish",
      "fromByteLevel(token) ?? utf8Bytes(token)",
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
    ["what a token before held comes late", '        leading = start;\n        held = "";', "        leading = start;"],
  ),
  ...bugsIn(
    "helium/src/tokenizer/stream-decoder.ts",
    ["a flush keeps the state", "      sink = open();\n      return take();", "      return take();"],
    ["special tokens are not skipped", "options.skipSpecialTokens ?? false;\n  let text", "false;\n  let text"],
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
    "helium/src/tokenizer/decoders/clean-up.ts",
    ["the contraction n't keeps its space", '  [" n\'t", "n\'t"],\n', ""],
    ["only the first is joined", "cleaned.replaceAll(spaced, joined)", "cleaned.replace(spaced, joined)"],
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
];
