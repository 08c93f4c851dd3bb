import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Rng } from "@helium-lm/tensor";
import { allMmluSubjects } from "@helium-lm/eval";
import { cacheFolder } from "../peers/cache-folder.ts";

/** A question as MMLU has it. */
export interface Question {
  readonly question: string;
  readonly subject: string;
  readonly choices: readonly string[];
  readonly answer: number;
}

export interface Subject {
  readonly name: string;
  readonly dev: readonly Question[];
  readonly test: readonly Question[];
}

const EXAMPLES = 5;
const QUESTIONS = 20;
/** Words of a question: with five examples a prompt of helium-nano has about a thousand tokens, and none more than its context. */
const WORDS = 64;

const lines = (
  JSON.parse(readFileSync(new URL("../../models/helium-nano-langid/expected.json", import.meta.url), "utf8")) as {
    readonly rows: readonly { readonly text: string; readonly label: string }[];
  }
).rows
  .filter(({ label }) => label === "en")
  .map(({ text }) => text);

/** As many subjects, examples and questions as MMLU-sized work for a small model needs; the same ones each time. */
export function mmluShaped(): readonly Subject[] {
  const rng = new Rng(1234);
  // One text over and over, so that all questions are of about the same length.
  const words = lines.join(" ").split(" ");
  let at = 0;
  const line = (): string => lines[Math.floor(rng.uniform() * lines.length)] ?? "";
  const question = (subject: string): Question => ({
    subject,
    question: words
      .slice((at += WORDS) % (words.length - WORDS))
      .slice(0, WORDS)
      .join(" "),
    choices: Array.from({ length: 4 }, () => line().split(" ").slice(0, 4).join(" ")),
    answer: Math.floor(rng.uniform() * 4),
  });
  return allMmluSubjects.map((name) => ({
    name,
    dev: Array.from({ length: EXAMPLES }, () => question(name)),
    test: Array.from({ length: QUESTIONS }, () => question(name)),
  }));
}

/** The subjects as data and tasks of lm-evaluation-harness. @returns their folder */
export function writeHarnessTasks(subjects: readonly Subject[]): string {
  const folder = join(cacheFolder, "mmlu-shaped");
  mkdirSync(folder, { recursive: true });
  for (const { name, dev, test } of subjects) {
    const write = (split: string, questions: readonly Question[]): string => {
      const path = join(folder, `${name}.${split}.jsonl`);
      writeFileSync(path, questions.map((one) => `${JSON.stringify(one)}\n`).join(""));
      return path;
    };
    writeFileSync(join(folder, `mmlu_${name}.yaml`), yamlOf(name, write("dev", dev), write("test", test)));
  }
  return folder;
}

const yamlOf = (name: string, dev: string, test: string): string => `task: mmlu_${name}
dataset_path: json
dataset_kwargs:
  data_files:
    dev: ${JSON.stringify(dev)}
    test: ${JSON.stringify(test)}
test_split: test
fewshot_split: dev
fewshot_config:
  sampler: first_n
output_type: multiple_choice
description: "The following are multiple choice questions (with answers) about ${name.replaceAll("_", " ")}.\\n\\n"
doc_to_text: "{{question.strip()}}\\nA. {{choices[0]}}\\nB. {{choices[1]}}\\nC. {{choices[2]}}\\nD. {{choices[3]}}\\nAnswer:"
doc_to_choice: ["A", "B", "C", "D"]
doc_to_target: answer
metric_list:
  - metric: acc
    aggregation: mean
    higher_is_better: true
metadata:
  version: 1.0
`;
