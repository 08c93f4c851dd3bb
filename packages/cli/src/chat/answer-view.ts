import type { AnswerTextKind, ChatAnswer } from "@helium-lm/helium/pipelines";

/** Shows one answer. */
export interface AnswerView {
  text(part: string, kind: AnswerTextKind): void;
  /** The answer is complete, or was stopped or failed: null. */
  end(answer: ChatAnswer | null): void;
  /** The screen has another size. */
  redraw?(): void;
}

/** A view for the next answer. */
export type OpenView = (given: { readonly showsThoughts: boolean }) => AnswerView;
