/**
 * The alphabet of byte-level tokenizers: every byte has a printable character. Bytes that are printable in Latin-1
 * (`!`…`~`, `¡`…`¬`, `®`…`ÿ`) stand for themselves; the others get U+0100, U+0101, … in ascending order.
 * Source: "Language Models are Unsupervised Multitask Learners" (GPT-2), byte-level BPE.
 */
const isPrintable = (byte: number): boolean =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;

const firstSubstitute = 0x100;

/** The character of each byte. */
export const characterOfByte: readonly string[] = (() => {
  let substitute = firstSubstitute;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : substitute++));
})();

/** The byte of each character, by its code; −1 for characters outside the alphabet. */
const byteOfCode = new Int16Array(2 * firstSubstitute).fill(-1);
for (const [byte, character] of characterOfByte.entries()) byteOfCode[character.charCodeAt(0)] = byte;

/** The character of the space, `Ġ`. */
export const spaceCharacter = characterOfByte[0x20] as string;

/** Calls `visit` with each UTF-8 byte of the code point. */
export const forEachByte = (codePoint: number, visit: (byte: number) => void): void => {
  if (codePoint < 0x80) return visit(codePoint);
  if (codePoint < 0x800) {
    visit(0xc0 | (codePoint >> 6));
  } else {
    if (codePoint < 0x10000) {
      visit(0xe0 | (codePoint >> 12));
    } else {
      visit(0xf0 | (codePoint >> 18));
      visit(0x80 | ((codePoint >> 12) & 0x3f));
    }
    visit(0x80 | ((codePoint >> 6) & 0x3f));
  }
  visit(0x80 | (codePoint & 0x3f));
};

/** Forms of the characters of up to two bytes, made when they are first needed. */
const shortForms: string[] = [];

const writeBytes = (codePoint: number): string => {
  let mapped = "";
  forEachByte(codePoint, (byte) => {
    mapped += characterOfByte[byte] as string;
  });
  return mapped;
};

/** The byte-level form of one character: one alphabet character per UTF-8 byte. */
export const toByteLevel = (character: string): string => {
  const codePoint = character.codePointAt(0) ?? 0;
  return codePoint < 0x800 ? (shortForms[codePoint] ??= writeBytes(codePoint)) : writeBytes(codePoint);
};

/** The bytes that a byte-level token stands for; null if it holds a character outside the alphabet. */
export const fromByteLevel = (token: string): Uint8Array | null => {
  const bytes = new Uint8Array(token.length);
  for (let at = 0; at < token.length; at++) {
    const byte = byteOfCode[token.charCodeAt(at)] ?? -1;
    if (byte < 0) return null;
    bytes[at] = byte;
  }
  return bytes;
};
