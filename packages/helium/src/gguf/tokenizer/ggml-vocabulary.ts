import { TokenizerFileError } from "../../errors.ts";
import { maxIds } from "../../tokenizer/stages.ts";
import { pieceRoleOf, type PieceRole } from "../../tokenizer/sentencepiece/scored-vocabulary.ts";
import { GgufMetadata, type GgufMetadataToWrite, type GgufScalar } from "@helium-lm/nn";

/** Kinds of tokenizer by `tokenizer.ggml.model`: SentencePiece BPE, byte-level BPE, SentencePiece Unigram. */
export const ggmlTokenizerModels = ["llama", "gpt2", "t5"] as const;

export type GgmlTokenizerModel = (typeof ggmlTokenizerModels)[number];

/** Special tokens by their name in `tokenizer.ggml.{name}_token_id`, and the name that transformers has for them. */
export const ggmlSpecialTokens = {
  bos: "bos",
  eos: "eos",
  unknown: "unk",
  padding: "pad",
  separator: "sep",
  cls: "cls",
  mask: "mask",
} as const;

export type SpecialIds = Readonly<Partial<Record<(typeof ggmlSpecialTokens)[keyof typeof ggmlSpecialTokens], number>>>;

/** What `tokenizer.ggml.*` says, checked. */
export interface GgmlVocabulary {
  readonly file: string;
  readonly model: GgmlTokenizerModel;
  /** `tokenizer.ggml.pre`, of gpt2 only. */
  readonly pre: string;
  readonly texts: readonly string[];
  /** Empty where the kind needs none. */
  readonly scores: readonly number[];
  readonly roles: readonly PieceRole[];
  readonly merges: readonly (readonly [string, string])[];
  readonly ids: SpecialIds;
  readonly addBos: boolean | undefined;
  readonly addEos: boolean | undefined;
  readonly addSpacePrefix: boolean | undefined;
  readonly removeExtraWhitespaces: boolean;
  readonly charactersMap: Uint8Array | null;
}

/** Where metadata and its arrays come from. */
export interface MetadataReader {
  readonly name: string;
  readonly metadata: GgufMetadata;
  texts(key: string): Promise<readonly string[] | undefined>;
  numbers(key: string): Promise<readonly number[] | undefined>;
}

const prefix = "tokenizer.ggml.";

/** Real ones have some hundreds of characters; work on a token grows with the square of its length. */
const longestToken = 4096;

/** An error at one key of a file. */
export const ggmlError = (file: string, key: string, problem: string): TokenizerFileError =>
  new TokenizerFileError(file, {
    field: `${prefix}${key}`,
    problem,
    mend: "convert the model again, or give the folder of its tokenizer.json",
  });

/**
 * Reads the vocabulary of a GGUF file; null where it has none.
 *
 * @throws TokenizerFileError for a kind that is not read, and for arrays that are missing or do not fit together
 */
export async function readGgmlVocabulary(reader: MetadataReader): Promise<GgmlVocabulary | null> {
  const { metadata, name: file } = reader;
  const kind = metadata.text(`${prefix}model`);
  if (kind === undefined || kind === "no_vocab" || kind === "none") return null;
  const model = ggmlTokenizerModels.find((known) => known === kind);
  if (model === undefined)
    throw ggmlError(
      file,
      "model",
      `is ${JSON.stringify(kind.slice(0, 60))}; read are ${ggmlTokenizerModels.join(", ")}`,
    );
  const texts = await readTexts(reader);
  const flag = (key: string): boolean | undefined => metadata.flag(`${prefix}${key}`);
  return {
    file,
    model,
    pre: metadata.text(`${prefix}pre`) ?? "default",
    texts,
    scores: model === "gpt2" ? [] : await readScores(reader, texts.length),
    roles: await readRoles(reader, texts.length),
    merges: model === "gpt2" ? await readMerges(reader) : [],
    ids: readIds(reader, texts.length, model),
    addBos: flag("add_bos_token"),
    addEos: flag("add_eos_token"),
    addSpacePrefix: flag("add_space_prefix"),
    removeExtraWhitespaces: flag("remove_extra_whitespaces") ?? false,
    charactersMap: await readCharactersMap(reader),
  };
}

async function readTexts(reader: MetadataReader): Promise<readonly string[]> {
  const checkLength = (length: number): void => {
    if (length === 0 || length >= maxIds)
      throw ggmlError(reader.name, "tokens", `holds ${length} tokens, expected 1 to ${maxIds - 1}`);
  };
  checkLength(announced(reader, "tokens") ?? 1);
  const given = await reader.texts(`${prefix}tokens`);
  if (given === undefined) throw ggmlError(reader.name, "tokens", "is missing");
  checkLength(given.length);
  // As llama.cpp names them: an empty text would be found everywhere.
  const texts = given.map((text, id) => (text === "" ? `[EMPTY_${id}]` : text));
  const ids = new Map<string, number>();
  texts.forEach((text, id) => {
    if (text.length > longestToken)
      throw ggmlError(
        reader.name,
        "tokens",
        `holds one of ${text.length} characters at ${id}, the limit is ${longestToken}`,
      );
    const first = ids.get(text);
    if (first !== undefined)
      throw ggmlError(reader.name, "tokens", `holds ${JSON.stringify(text.slice(0, 60))} twice, as ${first} and ${id}`);
    ids.set(text, id);
  });
  return texts;
}

async function readScores(reader: MetadataReader, count: number): Promise<readonly number[]> {
  checkCount(reader, "scores", announced(reader, "scores") ?? count, count);
  const scores = await reader.numbers(`${prefix}scores`);
  if (scores === undefined) throw ggmlError(reader.name, "scores", "is missing");
  checkCount(reader, "scores", scores.length, count);
  const bad = scores.findIndex((score) => !Number.isFinite(score));
  if (bad >= 0) throw ggmlError(reader.name, "scores", `holds ${scores[bad]} at ${bad}, expected a finite number`);
  return scores;
}

async function readRoles(reader: MetadataReader, count: number): Promise<readonly PieceRole[]> {
  checkCount(reader, "token_type", announced(reader, "token_type") ?? count, count);
  const types = await reader.numbers(`${prefix}token_type`);
  if (types === undefined) return Array.from({ length: count }, () => "normal");
  checkCount(reader, "token_type", types.length, count);
  return types.map((type, id) => {
    const role = pieceRoleOf(type);
    if (role === null) throw ggmlError(reader.name, "token_type", `holds ${type} at ${id}, expected 1 to 6`);
    return role;
  });
}

/** How many items a file says an array has, before any is read; undefined where there is no array. */
function announced({ metadata }: MetadataReader, key: string): number | undefined {
  const found = metadata.get(`${prefix}${key}`);
  return found?.type === "array" ? found.length : undefined;
}

async function readMerges(reader: MetadataReader): Promise<readonly (readonly [string, string])[]> {
  const merges = await reader.texts(`${prefix}merges`);
  if (merges === undefined) throw ggmlError(reader.name, "merges", "is missing, and byte pair encoding needs it");
  return merges.map((merge, rank) => {
    const space = merge.indexOf(" ", 1);
    if (space < 0 || space === merge.length - 1)
      throw ggmlError(
        reader.name,
        "merges",
        `holds ${JSON.stringify(merge.slice(0, 60))} at ${rank}, expected "left right"`,
      );
    return [merge.slice(0, space), merge.slice(space + 1)];
  });
}

function readIds({ name: file, metadata }: MetadataReader, count: number, model: GgmlTokenizerModel): SpecialIds {
  // SentencePiece's own ids, which old files leave out.
  const ids: Record<string, number> = model === "llama" ? { unk: 0, bos: 1, eos: 2 } : {};
  for (const [name, short] of Object.entries(ggmlSpecialTokens)) {
    const id = metadata.number(`${prefix}${name}_token_id`) ?? metadata.number(`${prefix}${short}_token_id`);
    if (id === undefined) continue;
    if (!Number.isInteger(id) || id < 0 || id >= count)
      throw ggmlError(file, `${name}_token_id`, `is ${id}, but there are ${count} tokens`);
    ids[short] = id;
  }
  return ids;
}

async function readCharactersMap(reader: MetadataReader): Promise<Uint8Array | null> {
  const numbers = await reader.numbers(`${prefix}precompiled_charsmap`);
  return numbers === undefined || numbers.length === 0 ? null : Uint8Array.from(numbers, (number) => number & 0xff);
}

function checkCount({ name }: MetadataReader, key: string, given: number, expected: number): void {
  if (given === expected) return;
  throw ggmlError(name, key, `holds ${given} values, but there are ${expected} tokens`);
}

/** Metadata that is not in a file yet, as a reader. */
export function inMemoryMetadata(name: string, values: GgufMetadataToWrite): MetadataReader {
  const scalars = [...values].filter((entry): entry is [string, GgufScalar] => entry[1].type !== "array");
  const items = (key: string): readonly GgufScalar["value"][] | undefined => {
    const value = values.get(key);
    return value?.type === "array" ? value.items : undefined;
  };
  return {
    name,
    metadata: new GgufMetadata(name, new Map(scalars)),
    texts: async (key) => items(key)?.map(String),
    numbers: async (key) => items(key)?.map(Number),
  };
}
