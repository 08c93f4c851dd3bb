import { AlignedTextBuilder } from "../aligned-text.ts";
import type { AlignedText } from "../aligned-text.ts";
import type { JsonNode } from "../json-node.ts";
import type { Normalizer } from "../stages.ts";

/** Puts `prefix` before a non-empty text; it shares the alignment of the first character. */
export const prependText = (source: AlignedText, prefix: string): AlignedText => {
  if (source.text === "" || prefix === "") return source;
  const builder = new AlignedTextBuilder(source);
  builder.put(prefix, 0);
  builder.copy(0, source.text.length);
  return builder.finish();
};

/** `{ "type": "Prepend", "prepend": p }` */
export const readPrepend = (node: JsonNode): Normalizer => {
  const prefix = node.get("prepend").string();
  return (source) => prependText(source, prefix);
};
