import { describe, expect, it } from "vitest";
import { EvalError } from "../errors.ts";
import { cardFigures } from "./card.ts";
import type { Language } from "./languages.ts";
import { preset, presets } from "./presets.ts";
import { tasksNamed } from "./tasks.ts";

const all = Object.values(presets);

describe("presets", () => {
  it.each(all)("$name asks tasks only for metrics that they have", ({ rows }) => {
    for (const { candidates, beside = [] } of rows)
      for (const { task, metric } of [...candidates, ...beside])
        for (const member of tasksNamed(task))
          expect(member.kind === "loglikelihood_rolling" ? [] : member.metrics, member.name).toContain(metric);
  });

  it.each(all)("$name has a row for every figure of the card", ({ name, rows }) => {
    for (const [language, figures] of Object.entries(cardFigures))
      for (const benchmark of Object.keys(figures)) {
        // The harness has no MKQA.
        if (name === "lm-eval" && benchmark === "MKQA") continue;
        expect(
          rows.filter((row) => row.language === (language as Language) && row.benchmark === benchmark),
          `${language} ${benchmark}`,
        ).toHaveLength(1);
      }
  });

  it("takes the better of letters and cloze, each with its own normalisation", () => {
    const row = (benchmark: string, language: Language): unknown =>
      presets["helium-card"].rows.find((other) => other.benchmark === benchmark && other.language === language)
        ?.candidates;
    expect(row("ARC-C", "en")).toEqual([
      { form: "MCF", task: "olmes_arc_challenge_mcf", metric: "acc", numFewShot: 5 },
      { form: "CF", task: "olmes_arc_challenge_cf", metric: "acc_mutual_info", numFewShot: 5 },
    ]);
    expect(row("PIQA", "en")).toEqual([
      { form: "MCF", task: "olmes_piqa_mcf", metric: "acc", numFewShot: 5 },
      { form: "CF", task: "olmes_piqa_cf", metric: "acc_char", numFewShot: 5 },
    ]);
    expect(row("WG", "en")).toEqual([
      { form: "MCF", task: "olmes_winogrande_mcf", metric: "acc", numFewShot: 5 },
      { form: "CF", task: "olmes_winogrande_cf", metric: "acc", numFewShot: 5 },
    ]);
    expect(row("HS", "de")).toEqual([
      { form: "MCF", task: "hellaswag_de_mcf", metric: "acc", numFewShot: 5 },
      { form: "CF", task: "hellaswag_de_cf", metric: "acc_char", numFewShot: 5 },
    ]);
  });

  it("shows no examples in helium-card-0shot but for MMLU, free answers and translations", () => {
    const shots = Object.fromEntries(
      presets["helium-card-0shot"].rows.map(({ benchmark, candidates }) => [benchmark, candidates[0]?.numFewShot]),
    );
    expect(shots).toEqual({
      MMLU: 5,
      NQ: 5,
      TQA: 5,
      "ARC-E": 0,
      "ARC-C": 0,
      OBQA: 0,
      CSQA: 0,
      PIQA: 0,
      SIQA: 0,
      HS: 0,
      WG: 0,
      MKQA: 5,
      FLORES: 5,
    });
  });

  it("translates between English and each other language in both directions", () => {
    const pairs = presets["helium-card"].rows
      .filter(({ benchmark }) => benchmark === "FLORES")
      .map(({ language, into }) => `${language}-${into}`);
    expect(pairs).toEqual("en-de de-en en-es es-en en-fr fr-en en-it it-en en-pt pt-en".split(" "));
  });

  it("are refused by the nearest name where there is none", () => {
    expect(preset("lm-eval")).toBe(presets["lm-eval"]);
    expect(() => preset("helium_card")).toThrow(EvalError);
    expect(() => preset("helium_card")).toThrow('did you mean "helium-card"?');
  });
});
