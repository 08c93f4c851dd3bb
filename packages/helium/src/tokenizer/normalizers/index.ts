import { mapCharacters } from "../aligned-text.ts";
import { toByteLevel } from "../unicode/byte-alphabet.ts";
import { readComponent } from "../json-node.ts";
import type { ComponentTable, JsonNode } from "../json-node.ts";
import type { Normalizer } from "../stages.ts";
import { readPrepend } from "./prepend.ts";
import { readReplace } from "./replace.ts";
import { lowercase, stripAccents } from "./per-character.ts";
import { readStrip } from "./strip.ts";
import { unicodeForm } from "./unicode-form.ts";

/** The supported normalizers by their `type` in tokenizer.json. */
const normalizers: ComponentTable<Normalizer> = {
  Sequence: (node) => {
    const steps = node.get("normalizers").items().map(readNormalizer);
    return (source) => steps.reduce((text, step) => step(text), source);
  },
  Prepend: readPrepend,
  Replace: readReplace,
  Lowercase: () => lowercase,
  Strip: readStrip,
  StripAccents: () => stripAccents,
  NFC: () => unicodeForm("NFC"),
  NFD: () => unicodeForm("NFD"),
  NFKC: () => unicodeForm("NFKC"),
  NFKD: () => unicodeForm("NFKD"),
  ByteLevel: () => (source) => mapCharacters(source, toByteLevel),
};

/** Reads a normalizer of tokenizer.json. */
export function readNormalizer(node: JsonNode): Normalizer {
  return readComponent(node, normalizers);
}
