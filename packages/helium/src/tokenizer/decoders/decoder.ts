import type { Growth } from "../aligned-text.ts";

/**
 * Receives the text of tokens, piece by piece: any number of `write`, then `end` closes the token; `close` says that
 * no more tokens come.
 */
export interface TokenSink {
  write(text: string): void;
  end(): void;
  close(): void;
}

/**
 * A step of decoding: a sink that passes what it makes of its tokens to `next`. One definition serves both the
 * decoding of a whole sequence and the streaming of a running generation, so the two cannot differ: a step holds
 * text back only as long as a later token could still change it. What makes text longer takes it from `growth`, which the
 * steps of one sequence share.
 */
export type Decoder = (next: TokenSink, growth: Growth) => TokenSink;

/** The step that rewrites each token as a whole; `index` counts tokens from 0. */
export const eachToken =
  (rewrite: (token: string, index: number, growth: Growth) => string): Decoder =>
  (next, growth) => {
    let token = "";
    let index = 0;
    return {
      write: (text) => {
        token += text;
      },
      end: () => {
        next.write(rewrite(token, index++, growth));
        next.end();
        token = "";
      },
      close: () => next.close(),
    };
  };

/** `{ "type": "Fuse" }`: joins all tokens into one. */
export const fuse: Decoder = (next) => ({
  write: (text) => next.write(text),
  end: () => undefined,
  close: () => {
    next.end();
    next.close();
  },
});
