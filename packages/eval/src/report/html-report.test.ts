import { describe, expect, test } from "vitest";
import { sampleResults } from "../../test/helpers/sample-results.ts";
import { htmlReport } from "./html-report.ts";
import { markup } from "./html/markup.ts";
import type { EvaluationResults } from "./results.ts";

const page = htmlReport(sampleResults);
/** Without its style, as text with one space between words. */
const text = page
  .replace(/<style>.*<\/style>/s, "")
  .replace(/<[^>]*>/g, " ")
  .replace(/\s+/g, " ");

test("needs nothing but itself", () => {
  expect(page).not.toMatch(
    /<(?:script|link|img|iframe|object|base|form)\b|\b(?:src|href|srcset|on\w+)=|url\(|@import|https?:/i,
  );
  expect(page).toContain(`content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;`);
});

describe("shows", () => {
  test.each([
    ["what was measured beside the card", "ARC-C 61.7 ± 1.4 62.7 −1.0 ≈ within two standard errors 1,172"],
    ["what is not reproduced", "HS 56.1 ± 0.5 53.5 +2.6 ▲ above the card 9,368"],
    ["what the card has no figure of", "HS 57.2 ± 0.5 – – 9,374"],
    ["candidates that were not chosen", "texts 52.9 ± 1.5 acc_char, n = 1,172 arc-c|test|5-shot|texts|acc_char"],
    ["the chosen one", "letters 61.7 ± 1.4 acc, n = 1,172, chosen arc-c|test|5-shot|letters"],
    ["the mean of the card's rows", "Mean of 5 53.8 ± 0.7 55.2 −1.4"],
    ["the mean of tasks", "mmlu micro average of 5 acc 51.2 ± 1.7 875 5"],
    ["a task that is averaged", "mmlu_virology acc 50.0 ± 3.8 175 5 mmlu_virology|test|5-shot|random:1234|letters"],
    ["the filter of an answer", "exact_match remove_whitespace 17.1 ± 0.6 3,610 5"],
    ["BLEU of 100", "bleu 24.3 ± 0.6 1,012 5"],
    ["perplexities", "word_perplexity 11.482 62 0"],
    ["languages side by side", "German 55.9 ± 1.5 n = 1,170, −0.8 to the card"],
    ["calibration", "arc_challenge ECE"],
    ["calibration of averaged tasks together", "sure, % mmlu ECE"],
    ["protocols and signatures", "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0"],
    ["facts of the model", "Dtype bf16 Max length 4096"],
  ])("%s", (_, shown) => expect(text).toContain(shown));

  test("that documents were left out", () => {
    const [task] = sampleResults.tasks;
    const limited = {
      ...sampleResults,
      tasks: [{ ...task!, n: { original: 1172, effective: 100 } }],
      settings: { ...sampleResults.settings, limit: 100 },
    };
    expect(htmlReport(limited)).toContain("Not all documents were scored (a limit of 100 for each task)");
    expect(page).not.toContain("Not all documents");
  });
});

test("texts are texts, wherever they stand", () => {
  const evil = `"'><img src=x onerror=alert(1)>&`;
  const [task] = sampleResults.tasks;
  const [row] = sampleResults.card;
  const results: EvaluationResults = {
    ...sampleResults,
    model: { ...sampleResults.model, name: evil, facts: { [evil]: evil } },
    preset: evil,
    tasks: [
      {
        ...task!,
        name: evil,
        protocol: evil,
        language: evil,
        metrics: [{ ...task!.metrics[0]!, name: evil, filter: evil, signature: evil }],
      },
    ],
    groups: [{ name: evil, tasks: [evil], weightBySize: true, version: 1, n: task!.n, metrics: task!.metrics }],
    card: [
      {
        ...row!,
        benchmark: evil,
        language: evil,
        candidates: [{ ...row!.candidates[0]!, label: evil, protocol: evil }],
        others: { [evil]: 1 },
      },
    ],
    settings: { ...sampleResults.settings, version: evil, commit: evil },
    timing: { ...sampleResults.timing, startedAt: evil },
  };
  const made = htmlReport(results);
  expect(made).not.toContain("<img");
  expect(made).not.toMatch(/["']'>/);
  expect(made.split("&lt;img src=x onerror=alert(1)&gt;").length).toBeGreaterThan(15);
});

test("markup escapes what is put into it, once", () => {
  const inner = markup`<b>${"<&>"}</b>`;
  expect(markup`<i title="${`"'`}">${[inner, 3, null, [" & "]]}</i>`.text).toBe(
    `<i title="&quot;&#39;"><b>&lt;&amp;&gt;</b>3 &amp; </i>`,
  );
});

test("results of nothing make a page", () => {
  const empty = htmlReport({ ...sampleResults, tasks: [], groups: [], card: [] });
  expect(empty).toContain("All figures");
  expect(empty).not.toContain("undefined");
});
