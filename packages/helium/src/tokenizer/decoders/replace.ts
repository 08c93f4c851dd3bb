import type { JsonNode } from "../json-node.ts";
import { readPattern } from "../regex/pattern.ts";
import { eachToken } from "./decoder.ts";
import type { Decoder } from "./decoder.ts";

/** `{ "type": "Replace", "pattern": { "String" | "Regex": p }, "content": c }`, within each token. */
export const readReplace = (node: JsonNode): Decoder => {
  const pattern = readPattern(node.get("pattern"));
  const content = node.get("content").string();
  const given = node.get("pattern").get("String");
  const literal = given.isMissing ? null : given.string();
  return eachToken({
    name: "Replace",
    isPerCharacter: literal !== null && [...literal].length === 1,
    rewrite: (token, _, growth) => {
      if (literal !== null && !token.includes(literal)) return token;
      return pattern(token)
        .map(({ start, end, isMatch }) => {
          if (!isMatch) return token.slice(start, end);
          growth.spend(content.length - (end - start));
          return content;
        })
        .join("");
    },
  });
};
