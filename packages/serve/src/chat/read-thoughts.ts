import { plainAnswer, type AnswerTextKind, type ReadAnswer } from "@helium-lm/helium/pipelines";
import type { OutputPart } from "./output-parser.ts";
import { AnswerParser } from "./parsing/answer-parser.ts";
import { specialPieces } from "./special-pieces.ts";
import { thoughtsOf } from "./thoughts.ts";

/**
 * Tells the thoughts before an answer from the answer, as the server does: by the marks that the chat template knows.
 *
 * @example
 * const options = { maxNewTokens: 8, generation: { doSample: false }, readAnswer: readThoughts };
 * using chat = new ChatSession(model, tokenizer, options);
 * const { reasoning, content } = await chat.answer("Hello!", () => undefined);
 * console.log(reasoning.length + content.length > 0); // true
 */
export const readThoughts: ReadAnswer = (tokenizer, prompt) => {
  const thoughts = thoughtsOf([...tokenizer.chatTemplates.values()].join("\n"), prompt);
  if (!thoughts) return plainAnswer(tokenizer, prompt);
  const shown = new Set(specialPieces(tokenizer, [thoughts.open, thoughts.close]).values());
  const hidden = new Set(tokenizer.allSpecialIds.filter((id) => !shown.has(id)));
  const decoder = tokenizer.streamDecoder({ skipSpecialTokens: false });
  const parser = new AnswerParser({ format: null, names: [], thoughts });
  const tellAll = (parts: readonly OutputPart[], tell: (text: string, kind: AnswerTextKind) => void): void => {
    for (const part of parts) if (part.kind === "content" || part.kind === "reasoning") tell(part.text, part.kind);
  };
  return {
    push: (token, tell) => {
      if (!hidden.has(token)) tellAll(parser.push(decoder.push(token)), tell);
    },
    flush: (tell) => {
      tellAll(parser.push(decoder.flush()), tell);
      tellAll(parser.flush(), tell);
    },
  };
};
