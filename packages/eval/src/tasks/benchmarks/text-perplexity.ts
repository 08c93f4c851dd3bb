import type { PerplexityTask } from "../task.ts";

/** A text, and where it comes from. */
interface Text {
  readonly text: string;
}

/** How well the model foretells texts of any origin: rows with a column "text", each of them scored whole. */
export const textPerplexity: PerplexityTask<Text> = {
  name: "text",
  kind: "loglikelihood_rolling",
  dataset: { repo: "text", testSplit: "test" },
  read: (row) => ({ text: row.string("text") }),
  text: ({ text }) => text,
  version: 1,
};
