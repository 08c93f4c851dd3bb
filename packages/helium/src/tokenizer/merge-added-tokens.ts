import type { AddedToken } from "./added-tokens.ts";
import type { PipelineParts } from "./pipeline.ts";
import type { ConfiguredToken, TokenizerConfig } from "./tokenizer-config.ts";

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
