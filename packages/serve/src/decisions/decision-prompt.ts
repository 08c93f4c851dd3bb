import type { DecisionQuestion, DecisionRequest } from "./decision-fields.ts";

/** A question put in words, and the labels of its answers. */
export interface WordedQuestion {
  readonly text: string;
  readonly labels: readonly string[];
}

type Part = { readonly type: string; readonly text?: unknown; readonly data?: unknown; readonly refusal?: unknown };

const partText = ({ type, text, data, refusal }: Part): string =>
  type === "input_json" ? JSON.stringify(data) : String(type === "refusal" ? refusal : text);

const textOf = (content: string | readonly Part[]): string =>
  typeof content === "string" ? content : content.map(partText).join("\n");

/** What is asked about, as one text: messages by their roles, calls and what they gave by their names. */
export function evidenceText(input: DecisionRequest["input"]): string {
  if (typeof input === "string") return input;
  const [first] = input;
  // One message alone is the text itself.
  if (input.length === 1 && first && "role" in first) return textOf(first.content);
  return input
    .map((item) => {
      if ("role" in item) return `${item.role}: ${textOf(item.content)}`;
      if ("output" in item) return `result of ${item.call_id}: ${textOf(item.output)}`;
      const given = item.type === "function_call" ? item.arguments : item.input;
      return `call ${item.call_id} of ${item.name}: ${given}`;
    })
    .join("\n");
}

/** `A`, `B`, …; of more than 26 `001`, `002`, …, so that none begins another. */
const labelsOf = (count: number): string[] =>
  Array.from({ length: count }, (_, i) =>
    count <= 26 ? String.fromCharCode(65 + i) : String(i + 1).padStart(String(count).length, "0"),
  );

/** A question about the text before it. */
export function wordQuestion(question: DecisionQuestion): WordedQuestion {
  const instructions = textOf(question.instructions);
  if (question.type === "predicate")
    return {
      text: `Is this true of the text above?\n${instructions}\nAnswer with yes or no only.`,
      labels: ["yes", "no"],
    };
  const options =
    question.type === "choice"
      ? question.choices.map(({ value, description }) => ({ name: String(value), description }))
      : question.levels.map(({ label, description }) => ({ name: label, description }));
  const labels = labelsOf(options.length);
  const lines = options.map(
    ({ name, description }, i) => `${labels[i]}. ${name}${description === undefined ? "" : `: ${description}`}`,
  );
  const kind = labels[0] === "A" ? "letter" : "number";
  return {
    text: `${instructions}\n${lines.join("\n")}\nAnswer with the ${kind} of one of them only.`,
    labels,
  };
}
