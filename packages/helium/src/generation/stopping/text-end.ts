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
export function checkStopStrings(given: unknown, tokenizer: StopStringTokenizer | null): StopStrings | null {
  if (given === null) return null;
  const strings = [given].flat();
  if (strings.length === 0 || strings.some((text) => typeof text !== "string" || text === ""))
    throw new GenerationError("stopStrings", "expected one or more non-empty strings", { given });
  if (typeof tokenizer?.tokenBytes !== "function")
    throw new GenerationError("stopStrings", "need the model's tokenizer; pass it as tokenizer", { given });
  return { strings: strings as string[], tokenizer };
}

/**
 * Rows whose text has a stop string that ends within the last token; what that token says after it does not matter, and
 * the text is not cut. Texts are compared as UTF-8, so that a string may end in the middle of a token of raw bytes.
 */
export function stopStrings(strings: readonly string[], tokenizer: StopStringTokenizer): StoppingCriterion {
  const utf8 = new TextEncoder();
  const stops = strings.map((text) => oneCharacterPerByte(utf8.encode(text)));
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

/** The text of a token amid others, one character per byte; remembered per token. */
function tokenTexts(tokenizer: StopStringTokenizer): (id: number) => string {
  const known = new Map<number, string>();
  return (id) => {
    const text = known.get(id) ?? oneCharacterPerByte(tokenizer.tokenBytes(id) ?? new Uint8Array());
    known.set(id, text);
    return text;
  };
}

const oneCharacterPerByte = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
