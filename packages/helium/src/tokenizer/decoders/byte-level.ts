import { fromByteLevel } from "../unicode/byte-alphabet.ts";
import type { Decoder } from "./decoder.ts";

/**
 * `{ "type": "ByteLevel" }`: joins the bytes of all tokens and reads them as UTF-8, with U+FFFD for what is not. A token
 * with a character outside the byte alphabet (an added token) stands for its own UTF-8 bytes.
 */
export const byteLevel: Decoder = (next) => {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const encoder = new TextEncoder();
  let token = "";
  return {
    write: (text) => {
      token += text;
    },
    end: () => {
      next.write(decoder.decode(fromByteLevel(token) ?? encoder.encode(token), { stream: true }));
      token = "";
    },
    close: () => {
      next.write(decoder.decode());
      next.end();
      next.close();
    },
  };
};
