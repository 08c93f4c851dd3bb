import type { JsonNode } from "../json-node.ts";
import { readPattern } from "../pattern.ts";
import { eachToken } from "./decoder.ts";
import type { Decoder } from "./decoder.ts";

/** `{ "type": "Replace", "pattern": { "String" | "Regex": p }, "content": c }`, within each token. */
export const readReplace = (node: JsonNode): Decoder => {
  const pattern = readPattern(node.get("pattern"));
  const content = node.get("content").string();
  return eachToken((token) =>
    pattern(token)
      .map(({ start, end, isMatch }) => (isMatch ? content : token.slice(start, end)))
      .join(""),
  );
};
