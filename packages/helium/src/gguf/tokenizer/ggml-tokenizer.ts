import type { PipelineParts } from "../../tokenizer/pipeline.ts";
import { CharactersMap } from "../../tokenizer/normalizers/characters-map.ts";
import { sentencePieceNormalizer, spacePiece } from "../../tokenizer/normalizers/sentencepiece.ts";
import {
  addedPieces,
  framing,
  scoredModel,
  spaceDecoder,
  type ScoredVocabulary,
} from "../../tokenizer/sentencepiece/scored-vocabulary.ts";
import { byteLevel, preTokenizerJson } from "./byte-level-cuts.ts";
import { ggmlError, type GgmlVocabulary } from "./ggml-vocabulary.ts";
import { mergesOfScores } from "./merges-of-scores.ts";
import { ggufPreTokenizers, unreadPreTokenizers, type GgufPreTokenizer } from "./pre-tokenizers.ts";

/** The content of a tokenizer.json, and the parts that it can only approximate. */
export interface GgmlTokenizer {
  readonly tokenizerJson: Readonly<Record<string, unknown>>;
  /** Exact parts, in place of those of the JSON. */
  readonly parts: Partial<PipelineParts>;
  /** False where the JSON alone makes another tokenizer: a characters map has no words there. */
  readonly isWhole: boolean;
}

/**
 * The tokenizer that a vocabulary describes, as llama.cpp has it: byte-level BPE behind the pre-tokenizer that
 * `tokenizer.ggml.pre` names, or SentencePiece's BPE and Unigram. Control tokens are special; user-defined ones are found
 * in a text before anything else.
 *
 * Where there are byte pieces, a Unigram model writes unknown characters as bytes; llama.cpp takes `<unk>` for them.
 *
 * @throws TokenizerFileError for a pre-tokenizer that is not known
 */
export function ggmlTokenizer(vocabulary: GgmlVocabulary): GgmlTokenizer {
  return vocabulary.model === "gpt2" ? byteLevelTokenizer(vocabulary) : sentencePieceTokenizer(vocabulary);
}

function byteLevelTokenizer(vocabulary: GgmlVocabulary): GgmlTokenizer {
  const { texts, merges } = vocabulary;
  const { cuts, ignoreMerges = false, addBos = false } = preTokenizerOf(vocabulary);
  const tokenizerJson = tokenizerFile(
    vocabulary,
    { addBos, addEos: false },
    {
      pre_tokenizer: preTokenizerJson(cuts),
      decoder: byteLevel,
      model: {
        type: "BPE",
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: ignoreMerges,
        vocab: Object.fromEntries(texts.map((text, id) => [text, id])),
        merges,
      },
    },
  );
  return { tokenizerJson, parts: {}, isWhole: true };
}

function preTokenizerOf({ file, pre }: GgmlVocabulary): GgufPreTokenizer {
  const found = Object.hasOwn(ggufPreTokenizers, pre) ? ggufPreTokenizers[pre] : undefined;
  if (found !== undefined) return found;
  const isKnown = unreadPreTokenizers.includes(pre);
  const known = Object.keys(ggufPreTokenizers).join(", ");
  throw ggmlError(
    file,
    "pre",
    `is ${JSON.stringify(pre.slice(0, 60))}, ${isKnown ? "whose rule is not built in" : "which is not known"}; read are ${known}`,
  );
}

function sentencePieceTokenizer(vocabulary: GgmlVocabulary): GgmlTokenizer {
  const { model, ids, charactersMap, removeExtraWhitespaces } = vocabulary;
  const isBpe = model === "llama";
  const addDummyPrefix = vocabulary.addSpacePrefix ?? isBpe;
  const scored: ScoredVocabulary = {
    kind: isBpe ? "bpe" : "unigram",
    texts: vocabulary.texts,
    scores: vocabulary.scores,
    roles: vocabulary.roles,
    ids: { unk: ids.unk ?? null, bos: ids.bos ?? null, eos: ids.eos ?? null, pad: ids.pad ?? null },
    byteFallback: isBpe || vocabulary.roles.includes("byte"),
    charactersMap: charactersMap === null ? null : readMap(vocabulary, charactersMap),
    addDummyPrefix,
    removeExtraWhitespaces,
    precision: "f64",
  };
  const isPlain = charactersMap === null && !removeExtraWhitespaces;
  const prepend = addDummyPrefix ? [{ type: "Prepend", prepend: spacePiece }] : [];
  const replace = { type: "Replace", pattern: { String: " " }, content: spacePiece };
  const tokenizerJson = tokenizerFile(
    vocabulary,
    { addBos: isBpe, addEos: !isBpe },
    {
      normalizer: { type: "Sequence", normalizers: [...prepend, replace] },
      decoder: spaceDecoder(addDummyPrefix),
      model: isBpe ? mergedModel(scored) : unigramModel(scored),
    },
  );
  return {
    tokenizerJson,
    parts: {
      model: scoredModel(scored),
      ...(!isPlain && { normalizer: sentencePieceNormalizer({ ...scored, kept: null }) }),
    },
    isWhole: isPlain,
  };
}

function readMap({ file }: GgmlVocabulary, bytes: Uint8Array): CharactersMap {
  try {
    return new CharactersMap(bytes);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw ggmlError(file, "precompiled_charsmap", cause.message);
  }
}

const mergedModel = (vocabulary: ScoredVocabulary): object => ({
  type: "BPE",
  dropout: null,
  unk_token: vocabulary.ids.unk === null ? null : vocabulary.texts[vocabulary.ids.unk],
  continuing_subword_prefix: null,
  end_of_word_suffix: null,
  fuse_unk: true,
  byte_fallback: true,
  ignore_merges: false,
  vocab: Object.fromEntries(vocabulary.texts.map((text, id) => [text, id])),
  merges: mergesOfScores(vocabulary),
});

const unigramModel = ({ texts, scores, ids, byteFallback }: ScoredVocabulary): object => ({
  type: "Unigram",
  unk_id: ids.unk,
  vocab: texts.map((text, id) => [text, scores[id]]),
  byte_fallback: byteFallback,
});

/** The frame of a tokenizer.json: added tokens, and what is put around a text. */
function tokenizerFile(
  vocabulary: GgmlVocabulary,
  defaults: { readonly addBos: boolean; readonly addEos: boolean },
  rest: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { texts, roles, ids, file } = vocabulary;
  const framed = (name: "bos" | "eos", isAdded: boolean): { id: number; text: string } | null => {
    if (!isAdded) return null;
    const id = ids[name];
    if (id === undefined) throw ggmlError(file, `add_${name}_token`, `is true, but there is no ${name}_token_id`);
    return { id, text: texts[id] ?? "" };
  };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: addedPieces({ texts, roles }, "control", "unknown", "user-defined"),
    normalizer: null,
    pre_tokenizer: null,
    post_processor:
      framing(
        framed("bos", vocabulary.addBos ?? defaults.addBos),
        framed("eos", vocabulary.addEos ?? defaults.addEos),
      ) ?? null,
    ...rest,
  };
}
