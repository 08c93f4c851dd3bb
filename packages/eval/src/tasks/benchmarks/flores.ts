import type { Reading } from "../../data/reading.ts";
import type { Language } from "../languages.ts";
import { languages } from "../languages.ts";
import type { GenerationTask } from "../task.ts";

interface Translation {
  readonly source: string;
  readonly target: string;
}

/** The name of a direction: that of the harness where one of its collections has it. */
export function floresName(from: Language, to: Language): string {
  const pair = `flores_${from}-${to}`;
  if (from === "es" || to === "es") return `spanish_bench_${pair}`;
  return from === "pt" || to === "pt" ? `portuguese_bench_${pair}` : pair;
}

/** FLORES-200, one sentence translated into another language; nothing stands between "sentence:" and the translation. */
export function flores(from: Language, to: Language): GenerationTask<Translation> {
  const [source, target] = [languages[from], languages[to]];
  return {
    name: floresName(from, to),
    kind: "generate_until",
    dataset: {
      language: to,
      repo: "facebook/flores",
      config: "all",
      trainingSplit: "dev",
      validationSplit: "dev",
      testSplit: "devtest",
      fewShotSplit: "dev",
    },
    read: (row: Reading) => ({
      source: row.string(`sentence_${source.flores}`),
      target: row.string(`sentence_${target.flores}`),
    }),
    context: (doc) => `${source.english} sentence: ${doc.source}\n${target.english} sentence:`,
    target: (doc) => doc.target,
    references: (doc) => [doc.target],
    targetDelimiter: "",
    until: ["\n"],
    metrics: ["bleu", "chrf", "chrf++"],
    version: 1,
  };
}
