import type { AlignedText } from "../aligned-text.ts";
import type { JsonNode } from "../json-node.ts";
import { prependText } from "../normalizers/prepend.ts";
import { replaceMatches } from "../normalizers/replace.ts";
import { literalPattern } from "../regex/pattern.ts";
import type { PreTokenizer } from "../stages.ts";
import { splitText } from "./split-behavior.ts";

const prependSchemes = ["always", "first", "never"] as const;

/** How a Metaspace component writes spaces. */
export interface MetaspaceOptions {
  /** The character that stands for a space, `▁`. */
  readonly replacement: string;
  /** Before which pieces one is put: every piece, only the one at the start of the text, none. */
  readonly prependScheme: (typeof prependSchemes)[number];
  /** Whether to cut before each of them. */
  readonly split: boolean;
}

/** `{ "type": "Metaspace", "replacement": r, "prepend_scheme" | "add_prefix_space": …, "split": s }` */
export const readMetaspaceOptions = (node: JsonNode): MetaspaceOptions => {
  const scheme = node.get("prepend_scheme");
  const hasPrefix = node.get("add_prefix_space").boolean(true);
  const given = scheme.isMissing ? (hasPrefix ? "always" : "never") : scheme.oneOf(prependSchemes);
  if (!hasPrefix && given !== "never") {
    throw scheme.error(`is "${given}" while add_prefix_space is false`, "set prepend_scheme to never");
  }
  return {
    replacement: node.get("replacement").character(),
    prependScheme: given,
    split: node.get("split").boolean(true),
  };
};

const space = literalPattern(" ");

/** Writes spaces as the replacement character, puts one in front, and cuts before each. */
export const readMetaspace = (node: JsonNode): PreTokenizer => {
  const { replacement, prependScheme, split } = readMetaspaceOptions(node);
  const separator = literalPattern(replacement);
  return (pieces) =>
    pieces.flatMap((piece): AlignedText[] => {
      let text = replaceMatches(piece, space, replacement);
      const isWanted = prependScheme === "always" || (prependScheme === "first" && text.origin === 0);
      if (isWanted && !text.text.startsWith(replacement)) text = prependText(text, replacement);
      return split ? splitText(text, separator, "MergedWithNext") : [text];
    });
};
