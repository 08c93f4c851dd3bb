import { GgufError, type GgufList, type GgufMetadataToWrite, type GgufScalar } from "@helium-lm/nn";
import { readText, type FileSource } from "../../sources/model-source.ts";
import { readTokenizer } from "../../tokenizer/read-tokenizer.ts";
import type { Tokenizer } from "../../tokenizer/tokenizer.ts";
import { JsonNode } from "../../tokenizer/json-node.ts";
import { readSentencePieceModel } from "../../tokenizer/sentencepiece/read-model.ts";
import { UnwritableTokenizerError } from "../../errors.ts";
import { ggufTokenizer } from "./gguf-tokenizer.ts";
import { inMemoryMetadata, ggmlSpecialTokens } from "./ggml-vocabulary.ts";
import { probeTexts } from "./name-pre-tokenizer.ts";
import { vocabularyOfModel, vocabularyOfTokenizerJson, type WrittenVocabulary } from "./written-vocabulary.ts";

type Entries = [string, GgufScalar | GgufList][];

/** SentencePiece's numbers of the roles, which GGUF shares. */
const roleNumbers = { normal: 1, unknown: 2, control: 3, "user-defined": 4, unused: 5, byte: 6 } as const;

const prefix = "tokenizer.ggml.";

/**
 * `tokenizer.ggml.*` and the chat templates of a checkpoint's tokenizer, so that llama.cpp reads the file: byte-level BPE
 * as `gpt2` with the name of its pre-tokenizer, BPE over characters as `llama`, Unigram as `t5`. Rows of the model without
 * a token get a name. What a reader makes of it is compared with the tokenizer itself before it is returned.
 *
 * @param vocabSize rows of the embedding
 * @throws UnwritableTokenizerError for a tokenizer that GGUF has no words for; GgufError for one with tokens beyond the
 *   rows; TokenizerFileError
 */
export async function ggufTokenizerMetadata(source: FileSource, vocabSize: number): Promise<GgufMetadataToWrite> {
  const tokenizer = await readTokenizer(source);
  const vocabulary = await readVocabulary(source, vocabSize);
  const metadata: GgufMetadataToWrite = new Map([
    ...vocabularyEntries(vocabulary),
    ...specialEntries(tokenizer),
    ...(await templateEntries(source)),
  ]);
  await checkReadsBack(source, tokenizer, vocabulary, metadata);
  return metadata;
}

const nameOf = ({ location }: FileSource, file: string): string =>
  location === undefined ? file : `${location}/${file}`;

async function readVocabulary(source: FileSource, vocabSize: number): Promise<WrittenVocabulary> {
  const json = await readText(source, "tokenizer.json");
  if (json !== null)
    return vocabularyOfTokenizerJson(JsonNode.parse(json, nameOf(source, "tokenizer.json")), vocabSize);
  const name = nameOf(source, "tokenizer.model");
  const model = await source.readBytes("tokenizer.model");
  if (model === null) throw new GgufError(name, "does not exist, and neither does a tokenizer.json beside it");
  return vocabularyOfModel(name, readSentencePieceModel(model, name), vocabSize);
}

function vocabularyEntries(vocabulary: WrittenVocabulary): Entries {
  const { model, pre, texts, roles, scores, merges, unkId, addSpacePrefix, removeExtraWhitespaces } = vocabulary;
  const list = (key: string, itemType: GgufList["itemType"], items: GgufList["items"]): Entries =>
    items.length === 0 ? [] : [[`${prefix}${key}`, { type: "array", itemType, items }]];
  return [
    [`${prefix}model`, { type: "string", value: model }],
    ...(pre === null ? [] : ([[`${prefix}pre`, { type: "string", value: pre }]] as Entries)),
    ...list("tokens", "string", texts),
    ...list("scores", "f32", scores),
    ...list(
      "token_type",
      "i32",
      roles.map((role) => roleNumbers[role]),
    ),
    ...(model === "gpt2"
      ? ([[`${prefix}merges`, { type: "array", itemType: "string", items: merges }]] as Entries)
      : []),
    ...(unkId === null ? [] : ([[`${prefix}unknown_token_id`, u32(unkId)]] as Entries)),
    ...(model === "gpt2" ? [] : ([[`${prefix}add_space_prefix`, bool(addSpacePrefix)]] as Entries)),
    ...(removeExtraWhitespaces ? ([[`${prefix}remove_extra_whitespaces`, bool(true)]] as Entries) : []),
    ...list("precompiled_charsmap", "u8", [...(vocabulary.charactersMap ?? [])]),
  ];
}

/** Ids by name, and which of them stand around every text. */
function specialEntries(tokenizer: Tokenizer): Entries {
  const [before, after] = frameOf(tokenizer);
  // A file may frame texts without naming the tokens that it uses.
  const framing: Readonly<Record<string, number | undefined>> = { bos: before, eos: after };
  const ids = Object.entries(ggmlSpecialTokens).flatMap(([name, short]): Entries => {
    const id = tokenizer.specialTokenId(short) ?? framing[short] ?? null;
    return id === null ? [] : [[`${prefix}${name}_token_id`, u32(id)]];
  });
  const adds = (id: number | undefined, named: number | null): boolean => id !== undefined && (named ?? id) === id;
  return [
    ...ids,
    [`${prefix}add_bos_token`, bool(adds(before, tokenizer.bosTokenId))],
    [`${prefix}add_eos_token`, bool(adds(after, tokenizer.eosTokenId))],
  ];
}

/** The one token that a text gets in front and the one behind; GGUF has no words for more. */
function frameOf(tokenizer: Tokenizer): readonly [number | undefined, number | undefined] {
  const framed = tokenizer.encode("a");
  const bare = tokenizer.encode("a", { addSpecialTokens: false });
  const start = framed.findIndex((_, at) => bare.every((id, index) => framed[at + index] === id));
  const [before, after] = [framed.slice(0, start), framed.slice(start + bare.length)];
  return [before.length === 1 ? before[0] : undefined, after.length === 1 ? after[0] : undefined];
}

async function templateEntries(source: FileSource): Promise<Entries> {
  const key = "tokenizer.chat_template";
  const entry = (name: string, value: string): Entries[number] => [name, { type: "string", value }];
  const own = await readText(source, "chat_template.jinja");
  if (own !== null) return [entry(key, own)];
  const text = await readText(source, "tokenizer_config.json");
  const template = JsonNode.parse(text ?? "{}", nameOf(source, "tokenizer_config.json")).get("chat_template");
  if (template.isMissing) return [];
  if (!template.isList) return [entry(key, template.string())];
  return template.items().map((item) => {
    const name = item.get("name").string();
    return entry(name === "default" ? key : `${key}.${name}`, item.get("template").string());
  });
}

/** The probe texts, alone and around every special token. */
async function checkReadsBack(
  source: FileSource,
  tokenizer: Tokenizer,
  { normalizesToNfc }: WrittenVocabulary,
  metadata: GgufMetadataToWrite,
): Promise<void> {
  const read = await ggufTokenizer(inMemoryMetadata("GGUF file", metadata));
  for (const text of probeTexts) {
    // llama.cpp composes no characters, whatever the tokenizer does.
    const probe = normalizesToNfc ? text.normalize("NFC") : text;
    const [given, found] = [tokenizer, read].map((one) => one?.encode(probe, { addSpecialTokens: false }).join(" "));
    if (given === found) continue;
    throw new UnwritableTokenizerError(
      nameOf(source, "tokenizer.json"),
      `cannot be written as tokenizer.ggml.*: ${JSON.stringify(probe.slice(0, 60))} is ${given?.slice(0, 80)}, but a reader of the file would take ${found?.slice(0, 80)}; keep the tokenizer beside the file`,
      { text: probe, given, found },
    );
  }
}

const u32 = (value: number): GgufScalar => ({ type: "u32", value });

const bool = (value: boolean): GgufScalar => ({ type: "bool", value });
