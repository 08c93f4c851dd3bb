import type { Decoder } from "./decoder.ts";

const bytePiece = /^<0x([0-9A-Fa-f]{2})>$/;

/**
 * `{ "type": "ByteFallback" }`: a run of byte pieces `<0xNN>` becomes the text of these bytes. A run that is not valid
 * UTF-8 becomes one U+FFFD per byte, the valid parts of it too; hence a run is held back until a token ends it.
 */
export const byteFallback: Decoder = (next) => {
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
      const byte = bytePiece.exec(token)?.[1];
      if (byte === undefined) {
        endRun();
        pass(token);
      } else {
        run.push(Number.parseInt(byte, 16));
      }
      token = "";
    },
    close: () => {
      endRun();
      next.close();
    },
  };
};
