import type { AnswerTextKind } from "@helium-lm/helium/pipelines";
import { MarkdownStream } from "../terminal/markdown/markdown-stream.ts";
import type { Paint } from "../terminal/markdown/spans.ts";
import { ThoughtStream } from "../terminal/markdown/thought-stream.ts";
import type { RowScreen } from "../terminal/rows/live-rows.ts";
import type { AnswerView, OpenView } from "./answer-view.ts";

/** Answers as Markdown in a terminal, with the thoughts before them dim. */
export const markdownView =
  (screen: RowScreen, paint: Paint): OpenView =>
  ({ showsThoughts }) =>
    new MarkdownView(screen, paint, showsThoughts);

class MarkdownView implements AnswerView {
  readonly #thoughts: ThoughtStream;
  readonly #answer: MarkdownStream;
  #kind: AnswerTextKind | null = null;

  constructor(screen: RowScreen, paint: Paint, showsThoughts: boolean) {
    this.#thoughts = new ThoughtStream(screen, paint, showsThoughts);
    this.#answer = new MarkdownStream(screen, paint);
  }

  text(part: string, kind: AnswerTextKind): void {
    // White space in front of an answer is none of its lines.
    if (this.#kind !== "content" && kind === "content" && part.trim() === "") return;
    if (this.#kind === "reasoning" && kind === "content") this.#thoughts.end();
    this.#kind = kind;
    if (kind === "reasoning") this.#thoughts.push(part);
    else this.#answer.push(part);
  }

  redraw(): void {
    if (this.#kind === "reasoning") this.#thoughts.redraw();
    else this.#answer.redraw();
  }

  end(): void {
    if (this.#kind === "reasoning") this.#thoughts.end();
    this.#answer.end();
  }
}
