import type { JsonNode } from "../json-node.ts";
import { readMetaspaceOptions } from "../pre-tokenizers/metaspace.ts";
import { eachToken } from "./decoder.ts";
import type { Decoder } from "./decoder.ts";

/** Writes the replacement character as a space; the first token loses its own if one was put in front. */
export const readMetaspace = (node: JsonNode): Decoder => {
  const { replacement, prependScheme } = readMetaspaceOptions(node);
  return eachToken({
    name: "Metaspace",
    isPerCharacter: true,
    rewrite: (token, index) => token.replaceAll(replacement, index === 0 && prependScheme !== "never" ? "" : " "),
  });
};
