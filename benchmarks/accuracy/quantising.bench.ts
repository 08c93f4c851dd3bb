import { fileURLToPath } from "node:url";
import { AutoModelForCausalLM, AutoTokenizer } from "@helium-lm/helium";
import {
  EngineScorer,
  evaluate,
  planTasks,
  rowsFrom,
  resultsOf,
  tasks,
  type EvaluationRecord,
  type RowSource,
} from "@helium-lm/eval";
import { mean, standardErrorOfMean } from "@helium-lm/eval/metrics";
import { folderData, textFileRows } from "@helium-lm/eval/node";
import { describeMachine } from "../machine.ts";
import { saveComparison } from "./save-comparison.ts";

const nano = fileURLToPath(new URL("../../models/helium-nano", import.meta.url));
const fixtures = fileURLToPath(new URL("../../packages/eval/fixtures", import.meta.url));

const dtypes = ["f32", "bf16", "q8_0", "q4_0"] as const;

/** The same questions once more, in another form or another collection. */
const otherForms = /^(olmes|mmmlu|mmlu_continuation)_|_(mcf|cf)$/;

/** A value with the standard error of it. */
interface Measured {
  readonly value: number;
  readonly stderr: number | null;
}

/** What a dtype of the matrices changes. */
export interface QuantisingRow {
  readonly dtype: (typeof dtypes)[number];
  /** Bytes of all weights. */
  readonly bytes: number;
  /** Share of right answers. */
  readonly accuracy: Measured;
  /** Of the same questions, beside f32: the mean of the differences, whose error is smaller than that of either. */
  readonly difference: Measured;
  /** Share of questions with another answer than in f32. */
  readonly changed: number;
  /** Of plain text. */
  readonly bitsPerByte: number;
}

/** What `npm run bench -- quantising` found. */
export interface QuantisingCost {
  readonly date: string;
  readonly machine: { readonly commit: string | null };
  readonly model: string;
  readonly questions: number;
  readonly rows: readonly QuantisingRow[];
}

/**
 * What quantising costs: all multiple-choice questions of the synthetic sets and a text, by helium-nano with its matrices in
 * each dtype. The questions are hard for it; what is looked at is how many answers change, and which way.
 */
export async function quantisingCost(name: string): Promise<void> {
  const names = [...tasks.values()]
    .filter(({ kind, name: task }) => kind === "multiple_choice" && !otherForms.test(task))
    .map(({ name: task }) => task);
  const rows = rowsFrom([await folderData(`${fixtures}/data`)]);
  const found: { answers: readonly number[]; row: Omit<QuantisingRow, "difference" | "changed"> }[] = [];
  for (const dtype of dtypes) {
    using model = await AutoModelForCausalLM.fromPretrained(nano, { backend: "wasm", dtype, threads: 2 });
    using scorer = new EngineScorer({ model, tokenizer: await AutoTokenizer.fromPretrained(nano) });
    const run = (wanted: readonly string[], source: RowSource): Promise<EvaluationRecord> =>
      evaluate({ plan: planTasks(wanted, 0), scorer, model: { name: "helium-nano", source: "engine" }, rows: source });
    const record = await run(names, rows);
    const answers = record.tasks.flatMap(({ items }) => items.map(({ sample }) => Number(sample.metrics["acc"])));
    const text = resultsOf(await run(["text"], textFileRows(`${fixtures}/text/manual.txt`)));
    const bitsPerByte = text.tasks[0]?.metrics.find((metric) => metric.name === "bits_per_byte")?.value ?? NaN;
    const accuracy = { value: mean(answers), stderr: standardErrorOfMean(answers) };
    found.push({ answers, row: { dtype, bytes: model.weightBytes, accuracy, bitsPerByte } });
    console.log(
      `${dtype}: ${(100 * accuracy.value).toFixed(2)} % of ${answers.length}, ${bitsPerByte.toFixed(4)} bits a byte`,
    );
  }
  const [exact] = found;
  saveComparison(name, {
    machine: describeMachine(),
    model: "helium-nano",
    questions: exact?.answers.length ?? 0,
    rows: found.map(({ answers, row }) => {
      const differences = answers.map((right, i) => right - (exact?.answers[i] ?? NaN));
      return {
        ...row,
        difference: { value: mean(differences), stderr: standardErrorOfMean(differences) },
        changed: mean(differences.map((one) => (one === 0 ? 0 : 1))),
      };
    }),
  });
}
