import type * as FileSystem from "node:fs/promises";
import { TokenizerFileError } from "./errors.ts";
import { Tokenizer } from "./tokenizer.ts";

/** Where the files of a tokenizer come from: a folder, a hub download, an archive, a page's own storage. */
export interface TokenizerFiles {
  /** The place, for messages: `location + "/tokenizer.json"` should mean something to the user. */
  readonly location?: string;
  /** The text of a file, or null if there is none of that name. */
  readText(name: string): Promise<string | null>;
}

const mend = "give the folder of a checkpoint that holds tokenizer.json, or export one with transformers";

/** A name that bundlers for browsers cannot follow: only a call with a folder needs it. */
const nodeFileSystem: string = "node:fs/promises";

const isNotFound = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");

/** The files of a folder, in Node. Throws a `TokenizerFileError` if there is no such folder. */
const openFolder = async (folder: string): Promise<TokenizerFiles> => {
  const { readFile, stat } = (await import(/* @vite-ignore */ nodeFileSystem)) as typeof FileSystem;
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new TokenizerFileError(folder, { field: "the folder", problem: "does not exist", mend });
  return {
    location: folder,
    readText: async (name) => {
      const path = `${folder}/${name}`;
      try {
        return await readFile(path, "utf8");
      } catch (cause) {
        if (isNotFound(cause)) return null;
        const problem = `cannot be read (${cause instanceof Error ? cause.message : String(cause)})`;
        throw new TokenizerFileError(
          path,
          { field: "the file", problem, mend: "check its permissions and that it is a file" },
          { cause },
        );
      }
    },
  };
};

/** Loads the tokenizer of a checkpoint, whatever its kind. */
export const AutoTokenizer = {
  /**
   * The tokenizer of a local checkpoint folder (Node), or of any `TokenizerFiles` (everywhere).
   * Throws a `TokenizerFileError` that names the file for a missing folder or file and for damaged content.
   */
  async fromPretrained(source: string | TokenizerFiles): Promise<Tokenizer> {
    return AutoTokenizer.fromFiles(typeof source === "string" ? await openFolder(source) : source);
  },

  /** The tokenizer of tokenizer.json, tokenizer_config.json and special_tokens_map.json; the last two may be absent. */
  async fromFiles(files: TokenizerFiles): Promise<Tokenizer> {
    const name = (file: string): string => (files.location === undefined ? file : `${files.location}/${file}`);
    const names = {
      tokenizer: name("tokenizer.json"),
      config: name("tokenizer_config.json"),
      specialTokensMap: name("special_tokens_map.json"),
    };
    const [tokenizer, config, specialTokensMap] = await Promise.all(
      ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"].map((file) => files.readText(file)),
    );
    if (tokenizer === null || tokenizer === undefined) {
      throw new TokenizerFileError(names.tokenizer, { field: "the file", problem: "does not exist", mend });
    }
    return Tokenizer.fromJSON(tokenizer, config ?? undefined, specialTokensMap ?? undefined, names);
  },
};
