import { inTableUnits } from "../report/figures.ts";
import type { CardCandidate, CardRow, GroupResults, TaskResults } from "../report/results.ts";
import { cardFigure, cardModels, type CardModel } from "../tasks/card.ts";
import type { Candidate, PresetRow } from "../tasks/presets.ts";
import { protocol } from "../tasks/protocol.ts";
import type { EvaluationPlan } from "./planned-task.ts";

/**
 * What was measured beside what the model card says. Of several ways to measure a benchmark the one with the highest figure
 * stands for it; all of them are kept.
 *
 * @param model whose figures are compared; null: none of the card's
 */
export function cardRows(
  plan: EvaluationPlan,
  tasks: readonly TaskResults[],
  groups: readonly GroupResults[],
  model: CardModel | null,
): readonly CardRow[] {
  return plan.rows.flatMap((row): CardRow[] => {
    const candidates = row.candidates.flatMap((candidate) => measured(plan, tasks, groups, candidate));
    if (candidates.length === 0) return [];
    const values = candidates.map(({ metric }) => metric.value);
    const chosen = values.indexOf(Math.max(...values));
    const cardValue = model === null ? null : (figureOf(row, model) ?? null);
    const best = candidates[chosen];
    return [
      {
        benchmark: row.benchmark,
        language: row.into === undefined ? row.language : `${row.language}-${row.into}`,
        candidates: [
          ...candidates,
          ...(row.beside ?? []).flatMap((candidate) => measured(plan, tasks, groups, candidate)),
        ],
        chosen,
        cardValue,
        difference: cardValue === null || best === undefined ? null : inTableUnits(best.metric).value - cardValue,
        others: Object.fromEntries(
          cardModels.flatMap((other) => {
            const value = other === model ? undefined : figureOf(row, other);
            return value === undefined ? [] : [[other, value]];
          }),
        ),
      },
    ];
  });
}

/** The card has no figures of single directions of translation. */
const figureOf = ({ benchmark, language, into }: PresetRow, model: CardModel): number | undefined =>
  into === undefined ? cardFigure(model, benchmark, language) : undefined;

function measured(
  plan: EvaluationPlan,
  tasks: readonly TaskResults[],
  groups: readonly GroupResults[],
  candidate: Candidate,
): readonly CardCandidate[] {
  const { form, task, metric, numFewShot } = candidate;
  const planned = plan.tasks.find((one) => one.task.name === task && one.numFewShot === numFewShot);
  const group = plan.groups.find((one) => one.group.name === task && one.numFewShot === numFewShot);
  const found = tasks.find(({ name }) => name === planned?.name) ?? groups.find(({ name }) => name === group?.name);
  const figure = found?.metrics.find(({ name }) => name === metric);
  if (!found || !figure) return [];
  return [{ label: form, task: found.name, protocol: protocol(candidate), metric: figure, n: found.n.effective }];
}
