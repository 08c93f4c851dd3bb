import type { Calibration, CalibrationBin } from "../../metrics/calibration.ts";
import { languageName, shownCount } from "../figures.ts";
import type { EvaluationResults } from "../results.ts";
import { groupedTasks, groupLanguage } from "./grouped-tasks.ts";
import { markup, type Markup } from "./markup.ts";
import { pooledCalibration } from "./pooled-calibration.ts";

/** Width and height of a plot's square, and the room at its left and below for numbers. */
const [SIDE, LEFT, BELOW] = [160, 26, 30];

/** A plot's title and content; null: nothing was measured. */
interface Plot {
  readonly name: string;
  readonly language: string;
  readonly calibration: Calibration | null;
}

/**
 * Reliability diagrams: how often a model is right (up) by how sure it is (right), of the tasks of each group together and of
 * single tasks; those that groups are made of are folded away.
 */
export function calibrationSection({ tasks, groups }: Pick<EvaluationResults, "tasks" | "groups">): Markup {
  const { single, averaged } = groupedTasks({ tasks, groups });
  // Micro and macro averages are of the same answers.
  const sets = new Map(groups.map((group) => [group.tasks.join("\n"), group]));
  const open = plots([
    ...[...sets.values()].map((group) => ({
      name: group.alias ?? group.name,
      language: groupLanguage(group, tasks),
      calibration: pooledCalibration(
        tasks.filter(({ name }) => group.tasks.includes(name)).map((task) => task.calibration),
      ),
    })),
    ...single.map(({ name, alias = name, language, calibration }) => ({ name: alias, language, calibration })),
  ]);
  const folded = plots(
    averaged.map(({ name, alias = name, language, calibration }) => ({ name: alias, language, calibration })),
  );
  if (open.length + folded.length === 0) return markup``;
  return markup`<section aria-labelledby="calibration">
<h2 id="calibration">Calibration</h2>
<p class="lead">Of answers that the model gives a probability among the choices, how many are right: on the diagonal it is right as often as it is sure, below it is too sure. Areas of dots follow the number of questions, lines show ± one standard error. ECE is the mean distance from the diagonal, of 100.</p>
<div class="plots">${open}</div>
${folded.length > 0 ? markup`<details><summary>${folded.length} tasks that are averaged</summary><div class="plots">${folded}</div></details>` : null}
</section>`;
}

const plots = (all: readonly Plot[]): readonly Markup[] =>
  all.flatMap((plot) =>
    plot.calibration?.bins.some(({ count }) => count > 0) ? [figure(plot, plot.calibration)] : [],
  );

function figure({ name, language }: Plot, { bins, expectedCalibrationError }: Calibration): Markup {
  const filled = bins.filter((bin) => bin.count > 0);
  const count = filled.reduce((sum, bin) => sum + bin.count, 0);
  const error = (100 * expectedCalibrationError).toFixed(1);
  const words = filled
    .map((bin) => `sure ${whole(bin.confidence)} %: right ${whole(bin.accuracy)} % of ${bin.count}`)
    .join("; ");
  return markup`<figure>
<svg viewBox="0 0 ${LEFT + SIDE + 6} ${SIDE + BELOW + 6}" role="img" aria-label="Calibration of ${name}: ${words}">
<g transform="translate(${LEFT} 6)">
<path class="grid" d="M0 ${SIDE / 2}H${SIDE}M${SIDE / 2} 0V${SIDE}"/>
<path class="frame" d="M0 0H${SIDE}V${SIDE}H0Z"/>
<path class="ideal" d="M0 ${SIDE}L${SIDE} 0"/>
${filled.map((bin) => dot(bin, count))}
${[0, 50, 100].map(
  (value) =>
    markup`<text class="left" x="-5" y="${SIDE - (SIDE * value) / 100 + 3}">${value}</text><text class="below" x="${(SIDE * value) / 100}" y="${SIDE + 13}">${value}</text>`,
)}
<text class="below" x="${SIDE / 2}" y="${SIDE + 26}">sure, %</text>
</g>
</svg>
<figcaption><b>${name}</b>${language === "en" ? null : ` (${languageName(language)})`}<br>ECE ${error}, n = ${shownCount(count)}</figcaption>
</figure>`;
}

function dot({ confidence, accuracy, count }: CalibrationBin, all: number): Markup {
  const x = (SIDE * confidence).toFixed(1);
  const half = Math.sqrt((accuracy * (1 - accuracy)) / count);
  const y = (share: number): string => (SIDE * (1 - Math.min(1, Math.max(0, share)))).toFixed(1);
  const radius = Math.max(1.5, 11 * Math.sqrt(count / all)).toFixed(1);
  return markup`<path class="error" d="M${x} ${y(accuracy - half)}V${y(accuracy + half)}"/><circle class="dot" cx="${x}" cy="${y(accuracy)}" r="${radius}"/>`;
}

const whole = (share: number): string => (100 * share).toFixed(0);
