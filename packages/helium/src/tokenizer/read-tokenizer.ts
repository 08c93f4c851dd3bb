import { isGgufSource, readText, type FileSource, type GgufSource } from "../sources/model-source.ts";
import { TokenizerFileError } from "../errors.ts";
import { JsonNode } from "./json-node.ts";
import { readSentencePieceModel } from "./sentencepiece/read-model.ts";
import { sentencePieceSource } from "./sentencepiece/tokenizer-source.ts";
import { Tokenizer } from "./tokenizer.ts";

/** What to do where there is no tokenizer. */
export const mend =
  "give the folder of a checkpoint that holds tokenizer.json or tokenizer.model, or a GGUF file with a tokenizer";

/** See `AutoTokenizer.fromPretrained`. */
export async function readTokenizer(source: FileSource): Promise<Tokenizer> {
  if (isGgufSource(source)) return tokenizerOfGguf(source);
  const name = (file: string): string => (source.location === undefined ? file : `${source.location}/${file}`);
  const names = {
    tokenizer: name("tokenizer.json"),
    config: name("tokenizer_config.json"),
    specialTokensMap: name("special_tokens_map.json"),
  };
  const [tokenizer, config, specialTokensMap, chatTemplate] = await Promise.all(
    ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja"].map(
      async (file) => (await readText(source, file)) ?? undefined,
    ),
  );
  if (tokenizer === undefined) {
    const model = await source.readBytes("tokenizer.model");
    if (model === null) {
      throw new TokenizerFileError(names.tokenizer, { field: "the file", problem: "does not exist", mend });
    }
    const vocabulary = readSentencePieceModel(model, name("tokenizer.model"));
    const settings = JsonNode.parse(config ?? "{}", names.config).record();
    return Tokenizer.fromParts({
      ...sentencePieceSource(vocabulary, settings),
      specialTokensMap,
      chatTemplate,
      names,
    });
  }
  const texts = { tokenizerJson: tokenizer, tokenizerConfig: config, specialTokensMap, chatTemplate };
  return Tokenizer.fromParts({ ...texts, names });
}

/** Made of the metadata: not every vocabulary can be said in a tokenizer.json. */
async function tokenizerOfGguf(source: GgufSource): Promise<Tokenizer> {
  const { ggufTokenizer } = await import("../gguf/tokenizer/gguf-tokenizer.ts");
  const reader = await source.openGguf();
  try {
    const tokenizer = await ggufTokenizer(reader);
    if (tokenizer !== null) return tokenizer;
    throw new TokenizerFileError(source.location, { field: "the tokenizer", problem: "is not in the file", mend });
  } finally {
    await reader.close();
  }
}
