import type { JsonNode } from "../../tokenizer/json-node.ts";
import { readModel } from "../../tokenizer/models/index.ts";
import type { PieceRole, ScoredVocabulary } from "../../tokenizer/sentencepiece/scored-vocabulary.ts";
import { UnwritableTokenizerError } from "../../errors.ts";
import type { GgmlTokenizerModel } from "./ggml-vocabulary.ts";
import { namePreTokenizer } from "./name-pre-tokenizer.ts";
import { listTokens, type ListedToken } from "./token-list.ts";

/** A vocabulary in GGUF's terms. */
export interface WrittenVocabulary {
  readonly model: GgmlTokenizerModel;
  readonly pre: string | null;
  readonly texts: readonly string[];
  readonly roles: readonly PieceRole[];
  /** Empty for byte-level BPE. */
  readonly scores: readonly number[];
  /** `"left right"`, by rank; empty for the others. */
  readonly merges: readonly string[];
  readonly unkId: number | null;
  readonly addSpacePrefix: boolean;
  readonly removeExtraWhitespaces: boolean;
  readonly charactersMap: Uint8Array | null;
  /** The tokenizer composes characters first, which GGUF cannot say. */
  readonly normalizesToNfc: boolean;
}

/** Score of a token that no merge makes: below all that one does. */
const unmerged = -1e6;

/** @throws UnwritableTokenizerError for cuts without a name; GgufError for a tokenizer that does not fit the rows */
export function vocabularyOfTokenizerJson(root: JsonNode, vocabSize: number): WrittenVocabulary {
  const node = root.get("model");
  const model = readModel(node);
  const added = readAdded(root.get("added_tokens"), model.vocab);
  const isUnigram = node.get("vocab").isList;
  const unkId = unknownId(node, model.vocab, isUnigram);
  const isByteLevel = !isUnigram && mentions(root.get("pre_tokenizer"), "ByteLevel");
  const tokens = listTokens(root.file, model.vocab, added, { vocabSize, unkId, hasBytes: !isByteLevel });
  const common = {
    ...tokens,
    unkId,
    removeExtraWhitespaces: false,
    charactersMap: null,
    normalizesToNfc: mentions(root.get("normalizer"), "NFC"),
    addSpacePrefix: mentions(root.get("normalizer"), "Prepend") || prependsInPreTokenizer(root.get("pre_tokenizer")),
  };
  if (isByteLevel) {
    const ignoreMerges = node.get("ignore_merges").boolean(false);
    const pre = namePreTokenizer(root.get("pre_tokenizer"), ignoreMerges);
    if (pre === null)
      throw new UnwritableTokenizerError(
        root.file,
        "splits text by a rule that llama.cpp does not know; keep the tokenizer beside the file",
      );
    return { ...common, model: "gpt2", pre, scores: [], merges: mergesIn(node) };
  }
  if (isUnigram) {
    const scores = tokens.texts.map((text) => scoreIn(node, model.vocab.get(text)));
    return { ...common, model: "t5", pre: null, scores, merges: [] };
  }
  return { ...common, model: "llama", pre: null, scores: scoresOfMerges(node, tokens.texts), merges: [] };
}

/** @throws GgufError for a model that does not fit the rows */
export function vocabularyOfModel(subject: string, given: ScoredVocabulary, vocabSize: number): WrittenVocabulary {
  const vocab = new Map(given.texts.map((text, id) => [text, id] as const));
  const { texts } = listTokens(subject, vocab, [], { vocabSize, unkId: given.ids.unk, hasBytes: false });
  return {
    model: given.kind === "bpe" ? "llama" : "t5",
    pre: null,
    texts,
    roles: texts.map((_, id) => given.roles[id] ?? "unused"),
    scores: texts.map((_, id) => given.scores[id] ?? unmerged),
    merges: [],
    unkId: given.ids.unk,
    addSpacePrefix: given.addDummyPrefix,
    removeExtraWhitespaces: given.removeExtraWhitespaces,
    charactersMap: given.charactersMap?.bytes ?? null,
    normalizesToNfc: false,
  };
}

function readAdded(node: JsonNode, vocab: ReadonlyMap<string, number>): ListedToken[] {
  return node.items().map((item) => {
    const content = item.get("content").string();
    const given = item.get("id").index(Number.MAX_SAFE_INTEGER);
    return { content, id: vocab.get(content) ?? given, special: item.get("special").boolean(false) };
  });
}

function unknownId(node: JsonNode, vocab: ReadonlyMap<string, number>, isUnigram: boolean): number | null {
  const given = node.get(isUnigram ? "unk_id" : "unk_token");
  if (given.isMissing) return null;
  return isUnigram ? given.index(Number.MAX_SAFE_INTEGER) : (vocab.get(given.string()) ?? null);
}

/** Whether a component of this type is there, in a sequence too. */
function mentions(node: JsonNode, type: string): boolean {
  if (node.isMissing) return false;
  const parts = ["normalizers", "pretokenizers"].flatMap((key) => node.get(key).items());
  return node.get("type").value === type || parts.some((part) => mentions(part, type));
}

function prependsInPreTokenizer(node: JsonNode): boolean {
  if (node.isMissing) return false;
  if (node.get("type").value !== "Metaspace") return node.get("pretokenizers").items().some(prependsInPreTokenizer);
  return node.get("prepend_scheme").value !== "never" && node.get("add_prefix_space").value !== false;
}

/** Merges as pairs; the model was read, so each is one. */
const pairsIn = (node: JsonNode): (readonly [string, string])[] =>
  node
    .get("merges")
    .list()
    .filter((merge) => typeof merge !== "string" || !merge.startsWith("#version"))
    .map((merge) => (typeof merge === "string" ? merge.split(" ") : merge) as [string, string]);

const mergesIn = (node: JsonNode): string[] => pairsIn(node).map((pair) => pair.join(" "));

function scoresOfMerges(node: JsonNode, texts: readonly string[]): number[] {
  const scores = new Map<string, number>();
  pairsIn(node).forEach(([left, right], rank) => {
    if (!scores.has(left + right)) scores.set(left + right, -rank);
  });
  return texts.map((text) => scores.get(text) ?? unmerged);
}

function scoreIn(node: JsonNode, id: number | undefined): number {
  const entry = id === undefined ? undefined : node.get("vocab").list()[id];
  const score: unknown = Array.isArray(entry) ? (entry as unknown[])[1] : undefined;
  return typeof score === "number" ? score : unmerged;
}
