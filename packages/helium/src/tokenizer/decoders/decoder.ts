import type { Growth } from "../aligned-text.ts";
import { TokenizerError } from "../../errors.ts";

/**
 * Receives the text of tokens, piece by piece: any number of `write`, then `end` closes the token; `close` says that
 * no more tokens come.
 */
export interface TokenSink {
  write(text: string): void;
  end(): void;
  close(): void;
}

/** A token amid others of a long text, between two steps of decoding. */
export interface InnerToken {
  /** Its text; bytes where it is one byte or more that need not be whole characters. */
  readonly text: string | Uint8Array;
  /** Whether it and its neighbours are one token by now. */
  readonly isFused: boolean;
}

/**
 * A step of decoding. One definition serves both the decoding of a whole sequence and the streaming of a running
 * generation, so the two cannot differ: a step holds text back only as long as a later token could still change it. What
 * makes text longer takes it from `growth`, which the steps of one sequence share.
 */
export interface Decoder {
  /** A sink that passes what it makes of its tokens to `next`. */
  sink(next: TokenSink, growth: Growth): TokenSink;
  /**
   * What the step makes of a token that stands far from both ends of a text.
   *
   * @throws TokenizerError where that depends on the tokens beside it
   */
  amid(token: InnerToken, growth: Growth): InnerToken;
}

/** The error of a step whose result for a token depends on the tokens beside it. */
export const needsNeighbours = (step: string): TokenizerError =>
  new TokenizerError("tokenBytes", {
    field: "decoder",
    problem: `has a ${step} where the text of a token depends on the tokens beside it, expected one that reads tokens by themselves`,
    mend: "what needs the text of single tokens (grammars, stop strings) cannot be used with this tokenizer",
    details: { step },
  });

interface Rewriting {
  /** The `type` of the step in tokenizer.json. */
  readonly name: string;
  /** Whether the text of several tokens in one is rewritten as the texts of each. */
  readonly isPerCharacter: boolean;
  /** `index` counts tokens from 0. */
  readonly rewrite: (token: string, index: number, growth: Growth) => string;
}

/** The step that rewrites each token as a whole. */
export const eachToken = ({ name, isPerCharacter, rewrite }: Rewriting): Decoder => ({
  sink: (next, growth) => {
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
  },
  amid: ({ text, isFused }, growth) => {
    if (typeof text !== "string" || (isFused && !isPerCharacter)) throw needsNeighbours(name);
    return { text: rewrite(text, isFused ? 0 : 1, growth), isFused };
  },
});

/** `{ "type": "Fuse" }`: joins all tokens into one. */
export const fuse: Decoder = {
  sink: (next) => ({
    write: (text) => next.write(text),
    end: () => undefined,
    close: () => {
      next.end();
      next.close();
    },
  }),
  amid: ({ text }) => ({ text, isFused: true }),
};
