import type { AnswerTextKind } from "@helium-lm/helium/pipelines";
import type { TextSink } from "../terminal/cli-io.ts";
import { printable } from "../terminal/style.ts";
import type { OpenView } from "./answer-view.ts";

/** Text as the model writes it; only control characters are shown as symbols. Thoughts stand between `<think>` and `</think>`. */
export const plainView =
  (output: TextSink): OpenView =>
  ({ showsThoughts }) => {
    let kind: AnswerTextKind = "content";
    const change = (to: AnswerTextKind): void => {
      if (to !== kind) output.write(to === "reasoning" ? "<think>\n" : "\n</think>\n\n");
      kind = to;
    };
    return {
      text: (part, given) => {
        if (given === "reasoning" && !showsThoughts) return;
        change(given);
        output.write(printable(part));
      },
      end: () => {
        if (kind === "reasoning") output.write("\n</think>");
        output.write("\n");
      },
    };
  };

/** One line of JSON for each answer. */
export const jsonView =
  (output: TextSink): OpenView =>
  () => ({
    text: () => undefined,
    end: (answer) => {
      if (answer === null) return;
      const { content, reasoning, finishReason, promptTokens, computedTokens, tokens } = answer;
      const fields = {
        content,
        ...(reasoning !== "" && { reasoning }),
        finishReason,
        promptTokens,
        computedTokens,
        tokens,
      };
      output.write(`${JSON.stringify(fields)}\n`);
    },
  });
