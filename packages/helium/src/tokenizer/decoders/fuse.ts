import type { Decoder } from "./decoder.ts";

/** `{ "type": "Fuse" }`: joins all tokens into one. */
export const fuse: Decoder = (next) => ({
  write: (text) => next.write(text),
  end: () => undefined,
  close: () => {
    next.end();
    next.close();
  },
});
