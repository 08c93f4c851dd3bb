import { ModelLoadError, TokenizerFileError, type TokenizerProblem } from "../errors.ts";
import { hubOptionNames, type HubOptions } from "../hub/hub-options.ts";
import type { FileSource } from "../sources/model-source.ts";
import { modelSource, type ModelLocation } from "../sources/resolve-source.ts";
import { checkTokenizerOptions } from "./options.ts";
import { mend, readTokenizer } from "./read-tokenizer.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** Loads the tokenizer of a checkpoint, whatever its kind. */
export const AutoTokenizer = {
  /**
   * The tokenizer of a model, wherever it is: from tokenizer.json with tokenizer_config.json, special_tokens_map.json and
   * chat_template.jinja, of which all but the first may be absent, or else of the SentencePiece model tokenizer.model; of a
   * GGUF file what its metadata hold.
   *
   * @param location as for `AutoModelForCausalLM.fromPretrained`, or any object that gives files by name
   * @throws TokenizerFileError that names the file for a missing folder or file and for damaged content; HubError for a
   *   repository that cannot be had; TokenizerError for unknown options
   *
   * @example
   * const tokenizer = await AutoTokenizer.fromPretrained("models/helium-nano");
   * const { inputIds, attentionMask } = tokenizer(["Once upon a time", "Hello"], { padding: true });
   * console.log(inputIds.length === 2 && inputIds[0].length === inputIds[1].length); // true
   * console.log(tokenizer.decode(inputIds[0], { skipSpecialTokens: true })); // Once upon a time
   */
  async fromPretrained(location: ModelLocation | FileSource, options: HubOptions = {}): Promise<Tokenizer> {
    checkTokenizerOptions("AutoTokenizer.fromPretrained", options, hubOptionNames);
    try {
      return await readTokenizer(await modelSource(location, options));
    } catch (error) {
      throw error instanceof ModelLoadError ? ofFolder(error) : error;
    }
  },
};

/** What a folder says of itself, as an error of the tokenizer's files; other errors as they are. */
function ofFolder(error: ModelLoadError): Error {
  const { missing, unreadable } = error.details;
  const made = (problem: TokenizerProblem): Error => new TokenizerFileError(error.subject, problem, { cause: error });
  if (missing === "folder") return made({ field: "the folder", problem: "does not exist", mend });
  if (typeof unreadable !== "string") return error;
  const problem = `cannot be read (${unreadable})`;
  return made({ field: "the file", problem, mend: "check its permissions and that it is a file of this folder" });
}
