import { ScoredBpeModel } from "../models/scored-bpe.ts";
import type { TokenizerModel } from "../stages.ts";
import { Trie } from "../models/trie.ts";
import { UnigramModel } from "../models/unigram.ts";
import type { CharactersMap } from "../normalizers/characters-map.ts";
import { sentencePieceNormalizer, spacePiece } from "../normalizers/sentencepiece.ts";
import type { PipelineParts } from "../pipeline.ts";
import { isolate } from "../pre-tokenizers/isolate.ts";

/** What a piece is for. SentencePiece and GGUF count them from 1. */
export const pieceRoles = ["normal", "unknown", "control", "user-defined", "unused", "byte"] as const;

export type PieceRole = (typeof pieceRoles)[number];

/** The role of a number in a file; null for none. */
export const pieceRoleOf = (number: number): PieceRole | null => pieceRoles[number - 1] ?? null;

/** A SentencePiece vocabulary, whatever file it is from. */
export interface ScoredVocabulary {
  readonly kind: "bpe" | "unigram";
  readonly texts: readonly string[];
  readonly scores: readonly number[];
  readonly roles: readonly PieceRole[];
  readonly ids: Readonly<Record<"unk" | "bos" | "eos" | "pad", number | null>>;
  readonly byteFallback: boolean;
  readonly charactersMap: CharactersMap | null;
  readonly addDummyPrefix: boolean;
  readonly removeExtraWhitespaces: boolean;
  /** How a Unigram model rounds its sums. */
  readonly precision: "f32" | "f64";
}

const idsOf = ({ roles }: Pick<ScoredVocabulary, "roles">, ...wanted: readonly PieceRole[]): ReadonlySet<number> =>
  new Set(roles.flatMap((role, id) => (wanted.includes(role) ? [id] : [])));

/** The model of a vocabulary. */
export const scoredModel = (vocabulary: ScoredVocabulary): TokenizerModel => {
  const { kind, texts, scores, ids, byteFallback, precision } = vocabulary;
  const inert = idsOf(vocabulary, "control", "unknown", "byte");
  if (kind === "bpe") {
    const [unused, whole] = [idsOf(vocabulary, "unused"), idsOf(vocabulary, "user-defined")];
    return new ScoredBpeModel({ texts, scores, unkId: ids.unk, byteFallback, inert, unused, whole });
  }
  return new UnigramModel({
    pieces: texts,
    scores: unigramScores(vocabulary),
    unkId: ids.unk,
    byteFallback,
    inert: new Set([...inert, ...idsOf(vocabulary, "unused")]),
    lowestScore: normalScores(vocabulary).reduce((low, score) => Math.min(low, score), Infinity),
    precision,
  });
};

const normalScores = ({ scores, roles }: ScoredVocabulary): number[] =>
  scores.filter((_, id) => roles[id] === "normal");

/** The library's score of user-defined pieces, above that of all others. */
const userDefinedScore = -0.1;

const unigramScores = ({ scores, roles }: ScoredVocabulary): Float64Array =>
  Float64Array.from(scores, (score, id) => (roles[id] === "user-defined" ? userDefinedScore : score));

/** Normalizer, pre-tokenizer and model as the SentencePiece library has them: a text is cut as a whole. */
export const sentencePieceParts = (
  vocabulary: ScoredVocabulary,
): Pick<PipelineParts, "normalizer" | "preTokenizer" | "model"> => {
  const { kind, texts, charactersMap, addDummyPrefix, removeExtraWhitespaces } = vocabulary;
  const userDefined = [...idsOf(vocabulary, "user-defined")];
  const kept = userDefined.length === 0 ? null : new Trie(new Map(userDefined.map((id) => [texts[id] ?? "", id])));
  return {
    normalizer: sentencePieceNormalizer({ charactersMap, addDummyPrefix, removeExtraWhitespaces, kept }),
    // Merges do not cross a user-defined piece.
    preTokenizer: kept !== null && kind === "bpe" ? isolate(kept) : (pieces) => [...pieces],
    model: scoredModel(vocabulary),
  };
};

/** Added tokens of tokenizer.json for the pieces of these roles; control and unknown ones are special. */
export const addedPieces = (
  vocabulary: Pick<ScoredVocabulary, "roles" | "texts">,
  ...wanted: readonly PieceRole[]
): object[] =>
  [...idsOf(vocabulary, ...wanted)].map((id) => ({
    id,
    content: vocabulary.texts[id] ?? "",
    single_word: false,
    lstrip: false,
    rstrip: false,
    special: vocabulary.roles[id] !== "user-defined",
    normalized: false,
  }));

/** What puts the spaces back in: a tokenizer.json decoder. */
export const spaceDecoder = (addDummyPrefix: boolean): object => ({
  type: "Sequence",
  decoders: [
    { type: "Replace", pattern: { String: spacePiece }, content: " " },
    { type: "ByteFallback" },
    { type: "Fuse" },
    ...(addDummyPrefix ? [{ type: "Strip", content: " ", start: 1, stop: 0 }] : []),
  ],
});

interface FramingToken {
  readonly id: number;
  readonly text: string;
}

/** A tokenizer.json post-processor that puts tokens at the start and the end of every text; undefined for neither. */
export const framing = (bos: FramingToken | null, eos: FramingToken | null): object | undefined => {
  if (bos === null && eos === null) return undefined;
  const special = (token: FramingToken | null, typeId: number): object[] =>
    token === null ? [] : [{ SpecialToken: { id: token.text, type_id: typeId } }];
  const sequence = (id: "A" | "B", typeId: number): object[] => [
    ...special(bos, typeId),
    { Sequence: { id, type_id: typeId } },
    ...special(eos, typeId),
  ];
  const tokens = [bos, eos].filter((token) => token !== null);
  return {
    type: "TemplateProcessing",
    single: sequence("A", 0),
    pair: [...sequence("A", 0), ...sequence("B", 1)],
    special_tokens: Object.fromEntries(
      tokens.map(({ id, text }) => [text, { id: text, ids: [id], tokens: [text] }] as const),
    ),
  };
};
