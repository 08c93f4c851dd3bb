import type { Decoder } from "./decoder.ts";

const bytePiece = /^<0x([0-9A-Fa-f]{2})>$/;

/** The byte that a token `<0xNN>` stands for; null for other tokens. */
const byteOf = (token: string): number | null => {
  const byte = bytePiece.exec(token)?.[1];
  return byte === undefined ? null : Number.parseInt(byte, 16);
};

/**
 * `{ "type": "ByteFallback" }`: a run of byte pieces `<0xNN>` becomes the text of these bytes. A run that is not valid
 * UTF-8 becomes one U+FFFD per byte, the valid parts of it too; hence a run is held back until a token ends it.
 */
export const byteFallback: Decoder = {
  sink: (next) => {
    const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    let run: number[] = [];
    let token = "";
    const pass = (text: string): void => {
      next.write(text);
      next.end();
    };
    const endRun = (): void => {
      if (run.length === 0) return;
      const bytes = new Uint8Array(run);
      run = [];
      let text: string | null = null;
      try {
        text = utf8.decode(bytes);
      } catch {
        for (let count = 0; count < bytes.length; count++) pass("\ufffd");
      }
      if (text !== null) pass(text);
    };
    return {
      write: (text) => {
        token += text;
      },
      end: () => {
        const byte = byteOf(token);
        if (byte === null) {
          endRun();
          pass(token);
        } else {
          run.push(byte);
        }
        token = "";
      },
      close: () => {
        endRun();
        next.close();
      },
    };
  },
  amid: (token) => {
    const byte = typeof token.text === "string" && !token.isFused ? byteOf(token.text) : null;
    return byte === null ? token : { text: Uint8Array.of(byte), isFused: false };
  },
};
