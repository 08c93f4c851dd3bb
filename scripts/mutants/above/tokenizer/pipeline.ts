import { bugsIn, type PlantedBug } from "../area.ts";

/** In the pipeline from text to ids, its added tokens and its configs. */
export const pipelineBugs: readonly PlantedBug[] = [
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
    ["normalized tokens decode to their content", "if (form !== content) this.#normalizedContents.set(id, form);", ""],
    [
      "text behind the last token is lost",
      "    push(done, text.length, null);\n    return splits;",
      "    return splits;",
    ],
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
    ["an added token keeps an id that the model has for it", "model.vocab.get(token.content) ?? token.id", "token.id"],
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
];
