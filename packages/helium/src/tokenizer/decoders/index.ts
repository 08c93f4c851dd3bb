import { readComponent } from "../json-node.ts";
import type { ComponentTable, JsonNode } from "../json-node.ts";
import { byteFallback } from "./byte-fallback.ts";
import { byteLevel } from "./byte-level.ts";
import { eachToken, type Decoder, fuse } from "./decoder.ts";
import { readMetaspace } from "./metaspace.ts";
import { readReplace } from "./replace.ts";
import { readStrip } from "./strip.ts";

/** The supported decoders by their `type` in tokenizer.json. */
const decoders: ComponentTable<Decoder> = {
  Sequence: (node) => {
    const steps = node.get("decoders").items().map(readDecoder);
    return {
      sink: (next, growth) => steps.reduceRight((sink, step) => step.sink(sink, growth), next),
      amid: (token, growth) => steps.reduce((inner, step) => step.amid(inner, growth), token),
    };
  },
  Replace: readReplace,
  ByteFallback: () => byteFallback,
  Fuse: () => fuse,
  Strip: readStrip,
  ByteLevel: () => byteLevel,
  Metaspace: readMetaspace,
};

/** Reads a decoder of tokenizer.json. */
export function readDecoder(node: JsonNode): Decoder {
  return readComponent(node, decoders);
}

/** Where a tokenizer.json names no decoder, tokens are joined with spaces. */
export const joinWithSpaces: Decoder = eachToken({
  name: "join with spaces",
  isPerCharacter: false,
  rewrite: (token, index) => (index === 0 ? token : ` ${token}`),
});
