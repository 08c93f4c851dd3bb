import { forEachByte } from "./byte-alphabet.ts";

/** The UTF-8 form of a well-formed text: as `TextEncoder` gives it, several times as fast for the few characters of a token. */
export function utf8Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(3 * text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) {
      bytes[length++] = unit;
      continue;
    }
    const codePoint = text.codePointAt(at) ?? 0;
    if (codePoint > 0xffff) at++;
    forEachByte(codePoint, (byte) => {
      bytes[length++] = byte;
    });
  }
  return bytes.subarray(0, length);
}
