import type { Tokenizer } from "../tokenizer/index.ts";

/** What a piece of a model's text belongs to: the answer, or the thoughts before it. */
export type AnswerTextKind = "content" | "reasoning";

type TellText = (text: string, kind: AnswerTextKind) => void;

/** Turns the tokens of one answer into text and tells it, as far as it is certain. */
export interface AnswerReader {
  push(token: number, tell: TellText): void;
  /** Tells what was held back, at the end of the answer. */
  flush(tell: TellText): void;
}

/** A reader for the answer to a prompt. */
export type ReadAnswer = (tokenizer: Tokenizer, prompt: string) => AnswerReader;

/** All is the answer; special tokens are no part of it. */
export const plainAnswer: ReadAnswer = (tokenizer) => {
  const decoder = tokenizer.streamDecoder({ skipSpecialTokens: true });
  return {
    push: (token, tell) => tell(decoder.push(token), "content"),
    flush: (tell) => tell(decoder.flush(), "content"),
  };
};
