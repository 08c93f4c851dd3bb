import { fromByteLevel } from "../unicode/byte-alphabet.ts";
import { utf8Bytes } from "../unicode/utf8-bytes.ts";
import { type Decoder, needsNeighbours } from "./decoder.ts";

/** The bytes of a token: a character outside the byte alphabet (an added token) makes it stand for its own UTF-8 bytes. */
const bytesOf = (token: string): Uint8Array => fromByteLevel(token) ?? utf8Bytes(token);

/** `{ "type": "ByteLevel" }`: joins the bytes of all tokens and reads them as UTF-8, with U+FFFD for what is not. */
export const byteLevel: Decoder = {
  sink: (next) => {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    let token = "";
    return {
      write: (text) => {
        token += text;
      },
      end: () => {
        next.write(decoder.decode(bytesOf(token), { stream: true }));
        token = "";
      },
      close: () => {
        next.write(decoder.decode());
        next.end();
        next.close();
      },
    };
  },
  amid: ({ text, isFused }) => {
    if (typeof text !== "string" || isFused) throw needsNeighbours("ByteLevel");
    return { text: bytesOf(text), isFused: true };
  },
};
