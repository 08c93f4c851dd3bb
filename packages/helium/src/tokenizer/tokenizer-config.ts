import { describe, type JsonNode } from "./json-node.ts";
import { maxIds } from "./stages.ts";
import type { AddedToken } from "./added-tokens.ts";
import type { PipelineParts } from "./pipeline.ts";

/** The special tokens that have a name of their own. */
export const specialTokenNames = ["bos", "eos", "unk", "pad", "sep", "cls", "mask"] as const;

export type SpecialTokenName = (typeof specialTokenNames)[number];

/** A token that tokenizer_config.json describes; the flags are those of an added token. */
export interface ConfiguredToken {
  readonly content: string;
  /** Null where the file names only the content. */
  readonly id: number | null;
  readonly singleWord: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly normalized: boolean;
  readonly special: boolean;
}

/** What tokenizer_config.json and special_tokens_map.json say beyond tokenizer.json. */
export interface TokenizerConfig {
  readonly specialTokens: ReadonlyMap<SpecialTokenName, ConfiguredToken>;
  /** Further special tokens and the `added_tokens_decoder`. */
  readonly addedTokens: readonly ConfiguredToken[];
  readonly paddingSide: "left" | "right";
  readonly truncationSide: "left" | "right";
  /** Infinity where the files set no limit. */
  readonly modelMaxLength: number;
  /** Chat templates by name; the main one is `default`. */
  readonly chatTemplates: ReadonlyMap<string, string>;
}

/** Above this a `model_max_length` means "no limit". */
const unlimited = 1e20;

const sides = ["left", "right"] as const;

const readToken = (node: JsonNode, id: number | null, isSpecial: boolean): ConfiguredToken => {
  if (typeof node.value === "string") {
    const content = node.string();
    return { content, id, singleWord: false, lstrip: false, rstrip: false, normalized: !isSpecial, special: isSpecial };
  }
  const special = isSpecial || node.get("special").boolean(false);
  return {
    content: node.get("content").string(),
    id,
    singleWord: node.get("single_word").boolean(false),
    lstrip: node.get("lstrip").boolean(false),
    rstrip: node.get("rstrip").boolean(false),
    normalized: node.get("normalized").boolean(!special),
    special,
  };
};

const readAddedTokensDecoder = (node: JsonNode): ConfiguredToken[] => {
  if (node.isMissing) return [];
  return Object.keys(node.record()).map((key) => {
    const id = Number(key);
    if (!/^\d+$/.test(key) || id >= maxIds) throw node.get(key).error(`has the key "${key}", expected an id`);
    return readToken(node.get(key), id, false);
  });
};

const readModelMaxLength = (node: JsonNode): number => {
  if (node.isMissing) return Infinity;
  const { value } = node;
  if (typeof value !== "number" || !(value >= 1)) throw node.error(`${describe(value)}, expected a number ≥ 1`);
  return value >= unlimited ? Infinity : Math.floor(value);
};

/** One template, a list of `{ name, template }`, or an object from name to template. */
const readChatTemplates = (node: JsonNode): Map<string, string> => {
  if (node.isMissing) return new Map();
  if (typeof node.value === "string") return new Map([["default", node.string()]]);
  if (node.isList)
    return new Map(node.items().map((item) => [item.get("name").string(), item.get("template").string()]));
  return new Map(Object.keys(node.record()).map((name) => [name, node.get(name).string()]));
};

/** Reads both files; what tokenizer_config.json names wins over special_tokens_map.json. */
export const readTokenizerConfig = (config: JsonNode, specialTokensMap: JsonNode): TokenizerConfig => {
  const specialTokens = new Map<SpecialTokenName, ConfiguredToken>();
  for (const name of specialTokenNames) {
    const node = [config, specialTokensMap].map((file) => file.get(`${name}_token`)).find((found) => !found.isMissing);
    if (node !== undefined) specialTokens.set(name, readToken(node, null, true));
  }
  const further = [config, specialTokensMap].flatMap((file) => file.get("additional_special_tokens").items());
  const side = (key: string): "left" | "right" => {
    const node = config.get(key);
    return node.isMissing ? "right" : node.oneOf(sides);
  };
  return {
    specialTokens,
    addedTokens: [
      ...readAddedTokensDecoder(config.get("added_tokens_decoder")),
      ...further.map((node) => readToken(node, null, true)),
    ],
    paddingSide: side("padding_side"),
    truncationSide: side("truncation_side"),
    modelMaxLength: readModelMaxLength(config.get("model_max_length")),
    chatTemplates: readChatTemplates(config.get("chat_template")),
  };
};

/** The added tokens of tokenizer.json and those that only tokenizer_config.json knows. */
export const mergeAddedTokens = (parts: PipelineParts, config: TokenizerConfig): AddedToken[] => {
  const tokens = new Map(parts.addedTokens.map((token) => [token.content, token] as const));
  const taken = new Set(parts.addedTokens.map((token) => token.id));
  const add = ({ id: givenId, ...token }: ConfiguredToken): void => {
    const id = parts.model.vocab.get(token.content) ?? givenId;
    const isFree = id !== null && !taken.has(id) && (parts.model.idToToken(id) ?? token.content) === token.content;
    if (id === null || !isFree || token.content === "" || tokens.has(token.content)) return;
    tokens.set(token.content, { ...token, id });
    taken.add(id);
  };
  for (const token of [...config.addedTokens, ...config.specialTokens.values()]) add(token);
  return [...tokens.values()];
};
