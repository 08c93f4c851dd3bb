import type { TokenizerSource } from "../tokenizer-source.ts";
import { addedPieces, framing, sentencePieceParts, spaceDecoder, type ScoredVocabulary } from "./scored-vocabulary.ts";

/**
 * The tokenizer of a SentencePiece model: texts are cut as the library does, special tokens that stand in a text are
 * found as transformers does, and put around it as `tokenizerConfig` says (`add_bos_token`, default true where there is
 * one; `add_eos_token`, default false).
 */
export const sentencePieceSource = (
  vocabulary: ScoredVocabulary,
  tokenizerConfig: Readonly<Record<string, unknown>> = {},
): TokenizerSource => {
  const { texts, ids, addDummyPrefix } = vocabulary;
  const token = (id: number | null): { id: number; text: string } | null =>
    id === null ? null : { id, text: texts[id] ?? "" };
  const [bos, eos] = [token(ids.bos), token(ids.eos)];
  const named = Object.entries(ids).flatMap(([name, id]) =>
    id === null ? [] : [[`${name}_token`, texts[id]] as const],
  );
  return {
    tokenizerJson: {
      added_tokens: addedPieces(vocabulary, "control", "unknown"),
      decoder: spaceDecoder(addDummyPrefix),
      post_processor: framing(
        tokenizerConfig.add_bos_token === false ? null : bos,
        tokenizerConfig.add_eos_token === true ? eos : null,
      ),
    },
    tokenizerConfig: { ...Object.fromEntries(named), ...tokenizerConfig },
    parts: sentencePieceParts(vocabulary),
  };
};
