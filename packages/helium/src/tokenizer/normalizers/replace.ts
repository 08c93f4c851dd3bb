import { AlignedTextBuilder } from "../aligned-text.ts";
import type { AlignedText } from "../aligned-text.ts";
import type { JsonNode } from "../json-node.ts";
import { readPattern } from "../regex/pattern.ts";
import type { Pattern } from "../regex/pattern.ts";
import type { Normalizer } from "../stages.ts";

/** Puts `content` in place of every match; it shares the alignment of the last character it replaces. */
export const replaceMatches = (source: AlignedText, pattern: Pattern, content: string): AlignedText => {
  const spans = pattern(source.text);
  if (!spans.some((span) => span.isMatch)) return source;
  const builder = new AlignedTextBuilder(source);
  for (const { start, end, isMatch } of spans) {
    if (isMatch) builder.put(content, end - 1);
    else builder.copy(start, end);
  }
  return builder.finish();
};

/** `{ "type": "Replace", "pattern": { "String" | "Regex": p }, "content": c }` */
export const readReplace = (node: JsonNode): Normalizer => {
  const pattern = readPattern(node.get("pattern"));
  const content = node.get("content").string();
  return (source) => replaceMatches(source, pattern, content);
};
