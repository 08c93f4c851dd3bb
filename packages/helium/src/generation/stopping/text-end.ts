import { fromByteLevel } from "../../tokenizer/unicode/byte-alphabet.ts";
import { GenerationError } from "../../errors.ts";
import {
  perRow,
  type StoppingCriterion,
  type StoppingDefinition,
  type StopStrings,
  type StopStringTokenizer,
} from "./criterion.ts";

export const eosDefinition = {
  option: "eosTokenId",
  make: ({ eosTokenIds }) => (eosTokenIds.size > 0 ? eos(eosTokenIds) : null),
} as const satisfies StoppingDefinition;

export const stopStringsDefinition = {
  option: "stopStrings",
  make: ({ stopStrings: given }) => given && stopStrings(given.strings, given.tokenizer),
} as const satisfies StoppingDefinition;

/** Rows whose last token is an eos. */
export function eos(tokens: ReadonlySet<number>): StoppingCriterion {
  return perRow("eosTokenId", (ids) => tokens.has(ids.at(-1) ?? -1));
}

/** @throws GenerationError for what is not a text, and without a tokenizer */
export function checkStopStrings(given: unknown, tokenizer: StopStringTokenizer | undefined): StopStrings | null {
  if (given === null) return null;
  const strings = [given].flat();
  if (strings.length === 0 || strings.some((text) => typeof text !== "string" || text === ""))
    throw new GenerationError("stopStrings", "expected one or more non-empty strings", { given });
  if (!tokenizer)
    throw new GenerationError("stopStrings", "need the model's tokenizer; pass it as tokenizer", { given });
  return { strings: strings as string[], tokenizer };
}

/** Ordinary text in front of a token, so that decoding keeps the token's own space. */
const LEAD = "abcdef";

const bytePiece = /^<0x([0-9A-Fa-f]{2})>$/;

/**
 * Rows whose text has a stop string that ends within the last token; what that token says after it does not matter, and
 * the text is not cut. Texts are compared as UTF-8, so that a string may end in the middle of a token of raw bytes.
 */
export function stopStrings(strings: readonly string[], tokenizer: StopStringTokenizer): StoppingCriterion {
  const stops = strings.map(utf8);
  const longest = stops.reduce((most, stop) => Math.max(most, stop.length), 0);
  const texts = tokenTexts(tokenizer);
  return perRow("stopStrings", (ids) => {
    const tail = ids.slice(-longest).map(texts);
    const last = tail.at(-1)?.length ?? 0;
    const text = tail.join("");
    // The earliest end within the last token is one byte after its start.
    return stops.some((stop) => text.includes(stop, Math.max(0, text.length - last - stop.length + 1)));
  });
}

/** The text of a token amid others, as UTF-8; remembered per token. */
function tokenTexts(tokenizer: StopStringTokenizer): (id: number) => string {
  const lead = tokenizer.encode(LEAD, { addSpecialTokens: false });
  const known = new Map<number, string>();
  const textOf = (id: number): string => {
    const token = tokenizer.convertIdsToTokens(id);
    const byte = bytePiece.exec(token ?? "")?.[1];
    if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16));
    const decoded = tokenizer.decode([...lead, id]);
    const text = decoded.slice(decoded.indexOf(LEAD) + LEAD.length);
    // Part of a character: the token is of a byte-level vocabulary.
    const bytes = text.includes("\ufffd") ? fromByteLevel(token ?? "") : null;
    return bytes ? String.fromCharCode(...bytes) : utf8(text);
  };
  return (id) => {
    const text = known.get(id) ?? textOf(id);
    known.set(id, text);
    return text;
  };
}

/** One character per byte of the UTF-8 form. */
function utf8(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}
