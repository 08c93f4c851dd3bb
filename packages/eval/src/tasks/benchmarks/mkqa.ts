import type { Reading } from "../../data/reading.ts";
import { normalizeMkqa } from "../../metrics/mkqa-normalizers.ts";
import type { Language } from "../languages.ts";
import { languages } from "../languages.ts";
import type { GenerationTask } from "../task.ts";
import type { OpenQuestion } from "./trivia-qa.ts";

interface MkqaQuestion extends OpenQuestion {
  /** Of the first answer, such as "entity". */
  readonly type: string;
}

/** The hub has the kinds of answers as numbers, the original file as words. */
const types = [
  "entity",
  "long_answer",
  "unanswerable",
  "date",
  "number",
  "number_with_unit",
  "short_phrase",
  "binary",
] as const;

function typeOf(answer: Reading): string {
  const { type } = answer.row;
  return (typeof type === "string" ? type : types[answer.integer("type")]) ?? "";
}

/** All texts and aliases of all answers; an answer without a text is none. */
function readMkqa(row: Reading, language: Language): MkqaQuestion {
  const answers = row.struct("answers").structs(language);
  return {
    question: row.struct("queries").string(language),
    answers: [
      ...new Set(
        answers.flatMap((answer) => [
          ...(answer.has("text") ? [answer.string("text")] : []),
          ...(answer.has("aliases") ? answer.strings("aliases") : []),
        ]),
      ),
    ],
    type: answers[0] === undefined ? "unanswerable" : typeOf(answers[0]),
  };
}

/**
 * MKQA: questions that people asked a search engine, translated by people. Those without an answer, or with a long one, are left
 * out, which is 6,758 of 10,000 that stay. The words around a question are of its language; the examples of a prompt are other
 * questions of the one split there is. The harness has no such task.
 */
export const mkqa = (language: Language): GenerationTask<MkqaQuestion> => ({
  name: `mkqa_${language}`,
  kind: "generate_until",
  dataset: { language, repo: "apple/mkqa", config: "mkqa", testSplit: "train", fewShotSplit: "train" },
  read: (row) => readMkqa(row, language),
  includes: ({ type, answers }) => type !== "unanswerable" && type !== "long_answer" && answers.length > 0,
  context: ({ question }) => `${languages[language].question}: ${question}\n${languages[language].answer}:`,
  target: ({ answers }) => answers[0] ?? "",
  references: ({ answers }) => answers,
  sampleTarget: ({ answers }) => answers,
  until: ["\n"],
  stripsAnswer: true,
  metrics: ["exact_match", "f1"],
  normalization: { normalize: normalizeMkqa(language) },
  version: 1,
});
