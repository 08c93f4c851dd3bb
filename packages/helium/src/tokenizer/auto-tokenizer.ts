import { parseHubId } from "../hub/hub-id.ts";
import { hubOptionNames } from "../hub/hub-option-names.ts";
import type { HubOptions } from "../hub/hub-options.ts";
import { pathExists } from "../hub/node/path-exists.ts";
import { shippedFolder, shippedName } from "../hub/shipped-models.ts";
import { MOST_SMALL_BYTES, textOf } from "../hub/small-file.ts";
import { TokenizerFileError } from "./errors.ts";
import { checkTokenizerOptions } from "./options.ts";
import { mend, tokenizerOfFiles, type TokenizerFiles } from "./tokenizer-files.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** The files of a folder, in Node. Throws a `TokenizerFileError` if there is no such folder, a `NodeOnlyError` in a page. */
const openFolder = async (folder: string): Promise<TokenizerFiles> => {
  const { isFolder, readFileInside } = await import("@helium-lm/nn/io/node");
  if (!(await isFolder(folder)))
    throw new TokenizerFileError(folder, { field: "the folder", problem: "does not exist", mend });
  const readBytes = async (name: string): Promise<Uint8Array | null> => {
    try {
      return await readFileInside(folder, name, MOST_SMALL_BYTES);
    } catch (cause) {
      const path = `${folder}/${name}`;
      const problem = `cannot be read (${cause instanceof Error ? cause.message : String(cause)})`;
      throw new TokenizerFileError(
        path,
        { field: "the file", problem, mend: "check its permissions and that it is a file of this folder" },
        { cause },
      );
    }
  };
  return {
    location: folder,
    readText: async (name) => {
      const bytes = await readBytes(name);
      return bytes === null ? null : textOf(bytes);
    },
    readBytes,
  };
};

/** The files of a `.gguf` file or URL; what reads them is loaded only then. */
const openGguf = async (location: string, options?: HubOptions): Promise<TokenizerFiles> => {
  const { ggufModelFiles } = await import("../gguf/index.ts");
  const { sourceOptions } = await import("../hub/url-files.ts");
  return ggufModelFiles(location, sourceOptions(options ?? {}));
};

const isGguf = (source: string): boolean => /\.gguf$/i.test(source.replace(/[?#].*$/, ""));

/** A path or a URL, or where there is nothing of that name a repository of the hub. */
const openSource = async (source: string, options?: HubOptions): Promise<TokenizerFiles> => {
  const id = parseHubId(source);
  if (id === null || (await pathExists(source))) {
    if (isGguf(source)) return openGguf(source, options);
    const shipped = await shippedName(source);
    if (shipped !== null) return openFolder(await shippedFolder(shipped));
    if (!/^https?:\/\//.test(source)) return openFolder(source);
    const { urlFiles } = await import("../hub/url-files.ts");
    return urlFiles(source, options);
  }
  const { hubFiles } = await import("../hub/hub-files.ts");
  return hubFiles(id, options);
};

/** Loads the tokenizer of a checkpoint, whatever its kind. */
export const AutoTokenizer = {
  /**
   * The tokenizer of a local checkpoint folder (Node) or its URL, of a GGUF file or its URL, of a repository of the hub (`org/name`,
   * `org/name@revision`, `org/name:file.gguf`), of an installed small model (`helium-nano`), or of any `TokenizerFiles` (everywhere).
   * Throws a `TokenizerFileError` that names the file for a missing folder or file and for damaged content, a `HubError`
   * for a repository that cannot be had.
   */
  async fromPretrained(source: string | TokenizerFiles, options: HubOptions = {}): Promise<Tokenizer> {
    checkTokenizerOptions("AutoTokenizer.fromPretrained", options, hubOptionNames);
    return AutoTokenizer.fromFiles(typeof source === "string" ? await openSource(source, options) : source);
  },

  /**
   * The tokenizer of tokenizer.json, tokenizer_config.json, special_tokens_map.json and chat_template.jinja; all but the
   * first may be absent. Where there is no tokenizer.json, the SentencePiece model tokenizer.model is read.
   */
  fromFiles: (files: TokenizerFiles): Promise<Tokenizer> => tokenizerOfFiles(files),
};
