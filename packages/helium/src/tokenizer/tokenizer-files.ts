import { TokenizerFileError } from "./errors.ts";
import { JsonNode } from "./json-node.ts";
import { readSentencePieceModel } from "./sentencepiece/read-model.ts";
import { sentencePieceSource } from "./sentencepiece/tokenizer-source.ts";
import { Tokenizer } from "./tokenizer.ts";

/** Where the files of a tokenizer come from: a folder, a hub download, an archive, a page's own storage. */
export interface TokenizerFiles {
  /** The place, for messages: `location + "/tokenizer.json"` should mean something to the user. */
  readonly location?: string;
  /** The text of a file, or null if there is none of that name. */
  readText(name: string): Promise<string | null>;
  /** The bytes of a file, or null; asked for `tokenizer.model` where there is no tokenizer.json. */
  readBytes?(name: string): Promise<Uint8Array | null>;
  /** The tokenizer of a source that holds it in a form of its own, as a GGUF file does; null where there is none. */
  readTokenizer?(): Promise<Tokenizer | null>;
}

/** What to do where there is no tokenizer. */
export const mend =
  "give the folder of a checkpoint that holds tokenizer.json or tokenizer.model, or a GGUF file with a tokenizer";

/** See `AutoTokenizer.fromFiles`. */
export async function tokenizerOfFiles(files: TokenizerFiles): Promise<Tokenizer> {
  if (files.readTokenizer !== undefined) return requireTokenizer(files, await files.readTokenizer());
  const name = (file: string): string => (files.location === undefined ? file : `${files.location}/${file}`);
  const names = {
    tokenizer: name("tokenizer.json"),
    config: name("tokenizer_config.json"),
    specialTokensMap: name("special_tokens_map.json"),
  };
  const [tokenizer, config, specialTokensMap, chatTemplate] = await Promise.all(
    ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja"].map(
      async (file) => (await files.readText(file)) ?? undefined,
    ),
  );
  if (tokenizer === undefined) {
    const model = (await files.readBytes?.("tokenizer.model")) ?? null;
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

const requireTokenizer = ({ location = "the file" }: TokenizerFiles, tokenizer: Tokenizer | null): Tokenizer => {
  if (tokenizer !== null) return tokenizer;
  throw new TokenizerFileError(location, { field: "the tokenizer", problem: "is not in the file", mend });
};
