import { nearestName } from "@helium-lm/tensor";
import { EvalError } from "../errors.ts";
import { floresName } from "./benchmarks/flores.ts";
import type { CardBenchmark } from "./card.ts";
import type { Language, TranslatedLanguage } from "./languages.ts";
import { translatedLanguages } from "./languages.ts";
import { olmesQuestions, olmesWinogrande } from "./olmes/benchmarks.ts";
import { clozeMetric } from "./olmes/formulation.ts";
import { translatedFormulations } from "./olmes/translated.ts";
import type { GenerationMetric, MultipleChoiceMetric } from "./task.ts";

/** One way to measure a benchmark. */
export interface Candidate {
  /** What reports call it: letters (MCF), cloze (CF), or the kind of answer. */
  readonly form: "MCF" | "CF" | "free answer" | "translation" | "harness";
  /** Name of a task or of a group. */
  readonly task: string;
  readonly metric: MultipleChoiceMetric | GenerationMetric;
  readonly numFewShot: number;
}

/** A figure of a preset. */
export interface PresetRow {
  readonly benchmark: CardBenchmark;
  readonly language: Language;
  /** For translations: the language that is translated into, and `language` is that of the source. */
  readonly into?: Language;
  /** The score is the highest of these; all of them are reported. */
  readonly candidates: readonly Candidate[];
  /** Reported beside them, and never the score: MMLU averaged over documents instead of subjects. */
  readonly beside?: readonly Candidate[];
}

export interface Preset {
  readonly name: string;
  /** One sentence for lists and reports. */
  readonly description: string;
  readonly rows: readonly PresetRow[];
}

const benchmarkNames: Readonly<Record<string, CardBenchmark>> = {
  arc_easy: "ARC-E",
  arc_challenge: "ARC-C",
  openbookqa: "OBQA",
  commonsense_qa: "CSQA",
  piqa: "PIQA",
  social_iqa: "SIQA",
  hellaswag: "HS",
  winogrande: "WG",
};

/** The eight of OLMES, under both forms. */
function olmesRows(numFewShot: number): readonly PresetRow[] {
  return Object.entries(benchmarkNames).map(([name, benchmark]) => ({
    benchmark,
    language: "en",
    candidates: [
      { form: "MCF", task: `olmes_${name}_mcf`, metric: "acc", numFewShot },
      {
        form: "CF",
        task: `olmes_${name}_cf`,
        metric: clozeMetric[(olmesQuestions[name] ?? olmesWinogrande).normalization],
        numFewShot,
      },
    ],
  }));
}

/** Letters and cloze, averaged over the subjects, with the averages over documents beside. */
function mmluRow(): PresetRow {
  const [letters, cloze] = [
    { form: "MCF", metric: "acc", numFewShot: 5 },
    { form: "CF", metric: clozeMetric.character, numFewShot: 5 },
  ] as const;
  return {
    benchmark: "MMLU",
    language: "en",
    candidates: [
      { ...letters, task: "olmes_mmlu_mcf_macro" },
      { ...cloze, task: "olmes_mmlu_cf_macro" },
    ],
    beside: [
      { ...letters, task: "olmes_mmlu_mcf" },
      { ...cloze, task: "olmes_mmlu_cf" },
    ],
  };
}

const freeAnswer = (benchmark: CardBenchmark, language: Language, task: string): PresetRow => ({
  benchmark,
  language,
  candidates: [{ form: "free answer", task, metric: "exact_match", numFewShot: 5 }],
});

function translatedRows(language: TranslatedLanguage, numFewShot: number): readonly PresetRow[] {
  const { arc, m_mmlu: mmlu, hellaswag } = translatedFormulations(language);
  const row = (
    benchmark: CardBenchmark,
    name: string,
    { normalization }: { readonly normalization: keyof typeof clozeMetric },
    shots: number,
  ): PresetRow => ({
    benchmark,
    language,
    candidates: [
      { form: "MCF", task: `${name}_${language}_mcf`, metric: "acc", numFewShot: shots },
      { form: "CF", task: `${name}_${language}_cf`, metric: clozeMetric[normalization], numFewShot: shots },
    ],
  });
  return [
    row("MMLU", "m_mmlu", mmlu, 5),
    row("ARC-C", "arc", arc, numFewShot),
    row("HS", "hellaswag", hellaswag, numFewShot),
    freeAnswer("MKQA", language, `mkqa_${language}`),
  ];
}

/** English and each other language, in both directions. */
const floresRows: readonly PresetRow[] = translatedLanguages.flatMap((other) =>
  (
    [
      ["en", other],
      [other, "en"],
    ] as const
  ).map(([language, into]) => ({
    benchmark: "FLORES" as const,
    language,
    into,
    candidates: [
      { form: "translation" as const, task: floresName(language, into), metric: "bleu" as const, numFewShot: 5 },
    ],
  })),
);

/** @param numFewShot of the accuracies; MMLU and free answers have five examples always */
const cardRows = (numFewShot: number): readonly PresetRow[] => [
  mmluRow(),
  freeAnswer("NQ", "en", "nq_open_squad"),
  freeAnswer("TQA", "en", "triviaqa_unfiltered"),
  ...olmesRows(numFewShot),
  ...translatedLanguages.flatMap((language) => translatedRows(language, numFewShot)),
  ...floresRows,
];

const harnessRow = (
  benchmark: CardBenchmark,
  language: Language,
  task: string,
  metric: Candidate["metric"],
): PresetRow => ({ benchmark, language, candidates: [{ form: "harness", task, metric, numFewShot: 0 }] });

const harnessRows: readonly PresetRow[] = [
  harnessRow("MMLU", "en", "mmlu", "acc"),
  harnessRow("NQ", "en", "nq_open", "exact_match"),
  harnessRow("TQA", "en", "triviaqa", "exact_match"),
  harnessRow("ARC-E", "en", "arc_easy", "acc_norm"),
  harnessRow("ARC-C", "en", "arc_challenge", "acc_norm"),
  harnessRow("OBQA", "en", "openbookqa", "acc_norm"),
  harnessRow("CSQA", "en", "commonsense_qa", "acc"),
  harnessRow("PIQA", "en", "piqa", "acc_norm"),
  harnessRow("SIQA", "en", "social_iqa", "acc"),
  harnessRow("HS", "en", "hellaswag", "acc_norm"),
  harnessRow("WG", "en", "winogrande", "acc"),
  ...translatedLanguages.flatMap((language) => [
    harnessRow("MMLU", language, `m_mmlu_${language}`, "acc"),
    harnessRow("ARC-C", language, `arc_${language}`, "acc_norm"),
    harnessRow("HS", language, `hellaswag_${language}`, "acc_norm"),
  ]),
  ...floresRows.map(({ candidates, ...row }) => ({
    ...row,
    candidates: candidates.map((candidate) => ({ ...candidate, form: "harness" as const, numFewShot: 0 })),
  })),
];

export const presets: Readonly<Record<"helium-card" | "helium-card-0shot" | "lm-eval", Preset>> = {
  "helium-card": {
    name: "helium-card",
    description:
      "The card's table by the protocol that its figures fit best: OLMES with five examples, the better of letters and cloze; free answers by exact match as in SQuAD.",
    rows: cardRows(5),
  },
  "helium-card-0shot": {
    name: "helium-card-0shot",
    description: "The same without examples, except for MMLU and free answers, as in the paper of Moshi.",
    rows: cardRows(0),
  },
  "lm-eval": {
    name: "lm-eval",
    description: "The same benchmarks as lm-evaluation-harness 0.4.13 has them, without examples unless asked for.",
    rows: harnessRows,
  },
};

/** A preset by name. @throws EvalError for a name that is none, with the one that is nearest */
export function preset(name: string): Preset {
  const found = Object.values(presets).find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  const known = Object.keys(presets);
  throw new EvalError(
    name,
    `is no preset, which are ${known.join(", ")}; did you mean "${nearestName(name, known)}"?`,
    { given: name, expected: known },
  );
}
