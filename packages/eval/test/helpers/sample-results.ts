import { Rng } from "@helium-lm/tensor";
import { calibration } from "../../src/metrics/calibration.ts";
import type { CardRow, EvaluationResults, MetricResult, Sample, TaskResults } from "../../src/report/results.ts";

const share = (name: string, value: number, n: number, filter = "none"): MetricResult => ({
  name,
  filter,
  value,
  stderr: n > 1 ? Math.sqrt((value * (1 - value)) / (n - 1)) : null,
  higherIsBetter: true,
});

interface TaskFacts {
  readonly name: string;
  readonly alias?: string;
  readonly language?: string;
  readonly shots?: number;
  readonly n: number;
  readonly acc: number;
  readonly norm?: number;
}

/** Predictions of a model that is a little too sure. */
function predictions(n: number, acc: number) {
  const random = new Rng(n);
  return Array.from({ length: n }, () => {
    const confidence = 0.26 + 0.73 * random.uniform();
    return { confidence, isRight: random.uniform() < confidence * (0.6 + acc / 2) };
  });
}

function choiceTask({ name, alias, language = "en", shots = 5, n, acc, norm }: TaskFacts): TaskResults {
  return {
    name,
    ...(alias !== undefined && { alias }),
    protocol: `${name}|test|${shots}-shot|random:1234|letters`,
    language,
    kind: "multiple_choice",
    numFewShot: shots,
    version: 1,
    n: { original: n, effective: n },
    metrics: [share("acc", acc, n), ...(norm === undefined ? [] : [share("acc_norm", norm, n)])],
    calibration: calibration(predictions(Math.min(n, 2000), acc)),
    config: { task: name, dataset_path: "allenai/ai2_arc", output_type: "multiple_choice", num_fewshot: shots },
    samples: [],
    seconds: n / 9,
  };
}

const subjects = ["anatomy", "astronomy", "virology", "sociology", "marketing"];

const tasks: readonly TaskResults[] = [
  choiceTask({ name: "arc_challenge", n: 1172, acc: 0.617, norm: 0.601, shots: 25 }),
  choiceTask({ name: "arc_easy", n: 2376, acc: 0.812, norm: 0.799 }),
  choiceTask({ name: "openbookqa", n: 500, acc: 0.598, norm: 0.62 }),
  ...subjects.map((subject, i) => choiceTask({ name: `mmlu_${subject}`, n: 135 + 20 * i, acc: 0.42 + 0.04 * i })),
  choiceTask({ name: "arc_de", language: "de", n: 1170, acc: 0.512, norm: 0.559 }),
  choiceTask({ name: "hellaswag_de", language: "de", n: 9368, acc: 0.43, norm: 0.531, shots: 0 }),
  choiceTask({ name: "arc_es", language: "es", n: 1170, acc: 0.52, norm: 0.589 }),
  {
    ...choiceTask({ name: "nq_open", n: 3610, acc: 0 }),
    kind: "generate_until",
    metrics: [share("exact_match", 0.1712, 3610, "remove_whitespace")],
    calibration: null,
  },
  {
    ...choiceTask({ name: "spanish_bench_flores_en-es", language: "es", n: 1012, acc: 0 }),
    kind: "generate_until",
    metrics: [
      {
        name: "bleu",
        filter: "none",
        value: 24.31,
        stderr: 0.62,
        higherIsBetter: true,
        signature: "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0",
      },
      { name: "chrf", filter: "none", value: 51.9, stderr: 0.48, higherIsBetter: true },
    ],
    calibration: null,
  },
  {
    ...choiceTask({ name: "wikitext", n: 62, acc: 0, shots: 0 }),
    kind: "loglikelihood_rolling",
    metrics: [
      { name: "word_perplexity", filter: "none", value: 11.482, stderr: null, higherIsBetter: false },
      { name: "bits_per_byte", filter: "none", value: 0.6587, stderr: null, higherIsBetter: false },
    ],
    calibration: null,
  },
];

const others = (smol: number, gemma: number, llama: number, qwen: number) => ({
  "SmolLM2 1.7B": smol,
  "Gemma-2 2.6B": gemma,
  "Llama-3.2 3B": llama,
  "Qwen2.5 1.5B": qwen,
});

function cardRow(
  benchmark: string,
  language: string,
  n: number,
  card: number | null,
  values: readonly number[],
  of = {},
): CardRow {
  const candidates = values.map((value, i) => ({
    label: i === 0 ? "letters" : "texts",
    task: benchmark.toLowerCase(),
    protocol: `${benchmark.toLowerCase()}|test|5-shot|${i === 0 ? "letters" : "texts|acc_char"}`,
    metric: share(i === 0 ? "acc" : "acc_char", value / 100, n),
    n,
  }));
  const chosen = values.indexOf(Math.max(...values));
  return {
    benchmark,
    language,
    candidates,
    chosen,
    cardValue: card,
    difference: card === null ? null : (values[chosen] ?? NaN) - card,
    others: of,
  };
}

/** Results of no model, with every kind of figure in them. */
export const sampleResults: EvaluationResults = {
  model: {
    name: "kyutai/helium-1-preview-2b",
    source: "engine",
    facts: { backend: "wasm", dtype: "bf16", maxLength: 4096, addBosToken: null, softmaxDType: "float32" },
    tokens: { pad: ["<pad>", 3], eos: ["</s>", 2], bos: ["<s>", 1] },
  },
  preset: "helium-card",
  tasks,
  groups: [
    {
      name: "mmlu",
      tasks: subjects.map((subject) => `mmlu_${subject}`),
      weightBySize: true,
      version: 2,
      n: { original: 875, effective: 875 },
      metrics: [share("acc", 0.512, 875)],
    },
  ],
  card: [
    cardRow("MMLU", "en", 875, 51.2, [50.6, 38.2], others(50.4, 53.1, 56.6, 61)),
    cardRow("ARC-C", "en", 1172, 62.7, [61.7, 52.9], others(64.7, 66, 69, 77.2)),
    cardRow("ARC-E", "en", 2376, 80.9, [81.2, 74], others(81.8, 81.1, 84.6, 89.7)),
    cardRow("OBQA", "en", 500, 63.8, [58.4, 51], others(61.4, 64.6, 68.4, 73.8)),
    cardRow("NQ", "en", 3610, 17.3, [17.1], others(15.1, 17.7, 22, 13.1)),
    cardRow("ARC-C", "de", 1170, 56.7, [55.9]),
    cardRow("HS", "de", 9368, 53.5, [56.1]),
    cardRow("ARC-C", "es", 1170, 58.3, [58.9]),
    cardRow("HS", "es", 9374, null, [57.2]),
  ],
  settings: {
    limit: null,
    shard: null,
    bootstrapIterations: 100_000,
    fewShotSeed: 1234,
    version: "0.1.0",
    commit: "40dbbec2f9d0a1b2c3d4e5f60718293a4b5c6d7e",
  },
  timing: { startedAt: "2026-11-29T19:35:00.000Z", seconds: 5025.5 },
};

/** Two documents, one of several choices and one of a text. */
export const samplePair: readonly [Sample, Sample] = [
  {
    docId: 0,
    doc: { id: "Mercury_1", question: "¿Qué?", choices: { text: ["a", "b"], label: ["A", "B"] }, answerKey: "B" },
    target: 1,
    requests: ["a", "b"].map((text) => ({
      kind: "loglikelihood",
      context: "Question: ¿Qué?\nAnswer:",
      continuation: ` ${text}`,
    })),
    responses: [
      { logprob: -29.1, isGreedy: false },
      { logprob: -3, isGreedy: true },
    ],
    filtered: [
      { logprob: -29.1, isGreedy: false },
      { logprob: -3, isGreedy: true },
    ],
    filter: "none",
    metrics: { acc: 1, acc_norm: 0.5 },
    hashes: { doc: "d0", prompt: "p0", target: "t0" },
  },
  {
    docId: 1,
    doc: { question: "who", answer: ["it's", 'a "b"'] },
    target: ["it's", 'a "b"'],
    requests: [{ kind: "generate_until", context: "Q: who?\nA:", until: ["\n", "."], maxNewTokens: 256 }],
    responses: [" me "],
    filtered: ["me"],
    filter: "remove_whitespace",
    metrics: { exact_match: 0 },
    hashes: { doc: "d1", prompt: "p1", target: "t1" },
  },
];
