import type { JsonAllowance } from "@helium-lm/nn";
import { JsonNode } from "./json-node.ts";
import { readPipeline, type PipelineParts } from "./pipeline.ts";
import { readTokenizerConfig, type TokenizerConfig } from "./tokenizer-config.ts";

/** The content of a tokenizer's files, as JSON text or parsed. */
export interface TokenizerSource {
  readonly tokenizerJson: unknown;
  readonly tokenizerConfig?: unknown;
  readonly specialTokensMap?: unknown;
  /** The content of chat_template.jinja, which wins over tokenizer_config.json. */
  readonly chatTemplate?: string | undefined;
  /** What errors call the files. */
  readonly names?: TokenizerFileNames;
  /** Parts that take the place of tokenizer.json's. */
  readonly parts?: Partial<PipelineParts>;
}

/** The names that errors give to the three files. */
export interface TokenizerFileNames {
  readonly tokenizer: string;
  readonly config: string;
  readonly specialTokensMap: string;
}

const standardNames: TokenizerFileNames = {
  tokenizer: "tokenizer.json",
  config: "tokenizer_config.json",
  specialTokensMap: "special_tokens_map.json",
};

/** Of the files beside tokenizer.json, which hold some thousands of added tokens at most. */
const smallFile: JsonAllowance = { perCharacter: 0.5, base: 2 ** 24 };

/** `value` as a node: JSON text is parsed, an object is taken as parsed JSON, undefined as an empty object. */
const toNode = (value: unknown, file: string, allowance?: JsonAllowance): JsonNode =>
  typeof value === "string" ? JsonNode.parse(value, file, allowance) : new JsonNode(value ?? {}, file);

/**
 * What the files say: the parts of the pipeline, and the config with the chat template that wins.
 *
 * @throws TokenizerFileError that names file and field for anything it cannot take
 */
export function readTokenizerSource(source: TokenizerSource): {
  readonly parts: PipelineParts;
  readonly config: TokenizerConfig;
} {
  const { tokenizerJson, tokenizerConfig, specialTokensMap, chatTemplate, names = standardNames } = source;
  const parts = readPipeline(toNode(tokenizerJson, names.tokenizer), source.parts);
  const config = readTokenizerConfig(
    toNode(tokenizerConfig, names.config, smallFile),
    toNode(specialTokensMap, names.specialTokensMap, smallFile),
  );
  if (chatTemplate === undefined) return { parts, config };
  return { parts, config: { ...config, chatTemplates: new Map([...config.chatTemplates, ["default", chatTemplate]]) } };
}
