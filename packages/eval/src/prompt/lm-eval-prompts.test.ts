import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Row } from "../data/reading.ts";
import type { GenerationOutcome } from "../metrics/metric-table.ts";
import { metricTable } from "../metrics/metric-table.ts";
import type { Metric } from "../metrics/metric.ts";
import { aggregate } from "../metrics/metric.ts";
import type { MultipleChoiceOutcome } from "../metrics/multiple-choice.ts";
import { pythonStr } from "../python/repr.ts";
import { strip } from "../python/text.ts";
import { sampleHashes } from "../report/sample-hashes.ts";
import type { Task } from "../tasks/task.ts";
import { task } from "../tasks/tasks.ts";
import { expectedOf, syntheticItems } from "../testing/synthetic-items.ts";
import type { GenerationItem, Item, MultipleChoiceItem } from "./item.ts";

/** What scripts/reference/eval/make_prompts.py writes of a task. */
interface ExpectedTask {
  readonly version: number | "Yaml";
  /** By "0-shot", "5-shot". */
  readonly byShots: Readonly<Record<string, Expected>>;
}

interface Expected {
  readonly metrics: Readonly<Record<string, number>>;
  readonly items: readonly {
    readonly requests: string;
    readonly doc: string;
    readonly prompt: string;
    readonly target: string;
    readonly written?: string;
  }[];
  readonly first: readonly {
    readonly doc: Row;
    readonly target: string;
    readonly requests?: readonly (readonly [string, string])[];
    readonly context?: string;
    readonly kwargs?: { readonly until: readonly string[]; readonly max_gen_toks?: number };
  }[];
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** As the script shortens them. */
async function hashesOf(item: Item): Promise<Omit<Expected["items"][number], "written">> {
  const texts = textsOf(item);
  const { doc, prompt, target } = await sampleHashes({ ...item, prompt: texts[0] ?? "" });
  const [ofDoc, ofPrompt, ofTarget] = [doc, prompt, target].map((hash) => hash.slice(0, 16));
  return { requests: sha256(texts.join("\0")), doc: ofDoc ?? "", prompt: ofPrompt ?? "", target: ofTarget ?? "" };
}

const textsOf = (item: Item): readonly string[] =>
  item.requests.flatMap((request) =>
    "text" in request ? [] : "continuation" in request ? [request.context, request.continuation] : [request.context],
  );

/** The log-likelihood that the stand-in of the script gives. */
const logprobOf = (...texts: readonly string[]): number =>
  (-8 * createHash("sha256").update(texts.join("\0")).digest().readUInt32BE()) / 2 ** 32;

for (const group of ["english", "mmlu", "mmmlu", "translated", "flores"]) {
  const { lm_eval: release, tasks: expected } = expectedOf(`prompts-${group}`) as {
    readonly lm_eval: string;
    readonly tasks: Readonly<Record<string, ExpectedTask>>;
  };

  describe(`prompts of lm_eval ${release}, ${group}`, () => {
    it.each(Object.entries(expected))("%s", async (name, { version, byShots }) => {
      const built = task(name);
      // A task file without a version is called one of "Yaml".
      if (version !== "Yaml") expect(built.version).toBe(version);
      for (const [shots, { items: wanted, first, metrics }] of Object.entries(byShots)) {
        const items = await syntheticItems(built, parseInt(shots));
        // Whole first, so that a difference is seen where it is.
        for (const [i, sample] of first.entries()) compareWhole(items[i] as Item, sample);
        expect(await Promise.all(items.map(hashesOf))).toEqual(wanted.map(({ written: _, ...hashes }) => hashes));
        compareMetrics(built, items, wanted, metrics);
      }
    });
  });
}

function compareWhole(item: Item, { doc, target, requests, context, kwargs }: Expected["first"][number]): void {
  expect(item.doc).toEqual(doc);
  expect(pythonStr(item.target)).toBe(target);
  if (requests !== undefined)
    expect((item as MultipleChoiceItem).requests.map(({ context, continuation }) => [context, continuation])).toEqual(
      requests,
    );
  if (kwargs !== undefined)
    expect((item as GenerationItem).requests[0]).toEqual({
      context,
      until: kwargs.until,
      maxNewTokens: kwargs.max_gen_toks ?? 256,
    });
}

/** What the stand-in scores, and with which standard error, in all metrics that the harness has too. */
function compareMetrics(
  built: Task,
  items: readonly Item[],
  wanted: Expected["items"],
  metrics: Readonly<Record<string, number>>,
): void {
  const outcomes = items.map((item, i) => outcomeOf(built, item, wanted[i]?.written));
  const filter = built.kind === "generate_until" && built.stripsAnswer === true ? "remove_whitespace" : "none";
  const shared = Object.entries(metricTable[built.kind]).filter(([name]) => metrics[`${name},${filter}`] !== undefined);
  expect(shared.length).toBeGreaterThan(0);
  for (const [name, metric] of shared as readonly [string, Metric<unknown>][]) {
    const { score, standardError } = aggregate(metric, outcomes.map(metric.statistics), bootstrapIterations);
    expect(score, name).toBeCloseTo(metrics[`${name},${filter}`] ?? NaN, 10);
    expect(standardError, `${name}, standard error`).toBeCloseTo(metrics[`${name}_stderr,${filter}`] ?? NaN, 10);
  }
}

/** As the script runs the harness. */
const bootstrapIterations = 100;

function outcomeOf(built: Task, item: Item, written = ""): unknown {
  if (item.kind === "multiple_choice")
    return {
      ...item,
      logprobs: item.requests.map(({ context, continuation }) => logprobOf(context, continuation)),
    } satisfies MultipleChoiceOutcome;
  if (built.kind !== "generate_until" || item.kind !== "generate_until") return null;
  const { normalization, stripsAnswer = false } = built;
  return {
    prediction: stripsAnswer ? strip(written) : written,
    references: item.references,
    ...(normalization !== undefined && { normalization }),
  } satisfies GenerationOutcome;
}
