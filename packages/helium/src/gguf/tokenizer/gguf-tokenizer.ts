import { Tokenizer } from "../../tokenizer/tokenizer.ts";
import { ggmlTokenizer } from "./ggml-tokenizer.ts";
import { readGgmlVocabulary, type GgmlVocabulary, type MetadataReader } from "./ggml-vocabulary.ts";

/** A tokenizer.json that was put into the file as it is: exact, and preferred to `tokenizer.ggml.*`. */
const embeddedKey = "tokenizer.huggingface.json";

/** The tokenizer of a GGUF file; null where it holds none. @throws TokenizerFileError, GgufError */
export async function ggufTokenizer(reader: MetadataReader): Promise<Tokenizer | null> {
  const vocabulary = await readGgmlVocabulary(reader);
  const tokenizerConfig = configOf(reader, vocabulary);
  const names = { tokenizer: reader.name, config: reader.name, specialTokensMap: reader.name };
  const embedded = reader.metadata.text(embeddedKey);
  if (embedded !== undefined) return Tokenizer.fromParts({ tokenizerJson: embedded, tokenizerConfig, names });
  if (vocabulary === null) return null;
  const { tokenizerJson, parts } = ggmlTokenizer(vocabulary);
  return Tokenizer.fromParts({ tokenizerJson, tokenizerConfig, names, parts });
}

/**
 * The tokenizer of a GGUF file as the texts of tokenizer.json and tokenizer_config.json; null where a file has none or
 * the format no words for it.
 */
export async function ggufTokenizerText(
  reader: MetadataReader,
  name: "tokenizer.json" | "tokenizer_config.json",
): Promise<string | null> {
  const embedded = reader.metadata.text(embeddedKey);
  if (name === "tokenizer.json" && embedded !== undefined) return embedded;
  const vocabulary = await readGgmlVocabulary(reader);
  if (name === "tokenizer_config.json") {
    if (vocabulary === null && embedded === undefined) return null;
    return JSON.stringify(configOf(reader, vocabulary), null, 2);
  }
  if (vocabulary === null) return null;
  const { tokenizerJson, isWhole } = ggmlTokenizer(vocabulary);
  return isWhole ? JSON.stringify(tokenizerJson) : null;
}

function configOf({ metadata }: MetadataReader, vocabulary: GgmlVocabulary | null): Readonly<Record<string, unknown>> {
  const tokens = Object.entries(vocabulary?.ids ?? {}).map(
    ([name, id]) => [`${name}_token`, vocabulary?.texts[id]] as const,
  );
  const architecture = metadata.text("general.architecture") ?? "";
  const context = metadata.number(`${architecture}.context_length`);
  const template = chatTemplate({ metadata });
  return {
    tokenizer_class: "PreTrainedTokenizerFast",
    ...Object.fromEntries(tokens),
    ...(context !== undefined && context > 0 && { model_max_length: context }),
    clean_up_tokenization_spaces: false,
    ...(template !== undefined && { chat_template: template }),
  };
}

/** The template, or with its further ones a list of `{ name, template }` as in tokenizer_config.json. */
function chatTemplate({ metadata }: Pick<MetadataReader, "metadata">): unknown {
  const key = "tokenizer.chat_template";
  const main = metadata.text(key);
  const named = metadata
    .keys()
    .filter((found) => found.startsWith(`${key}.`))
    .map((found) => ({ name: found.slice(key.length + 1), template: metadata.text(found) }));
  if (named.length === 0) return main;
  return [...(main === undefined ? [] : [{ name: "default", template: main }]), ...named];
}
