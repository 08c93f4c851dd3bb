import { languageName, shownCount } from "../figures.ts";
import type { EvaluationResults, GroupResults, MetricResult, TaskResults } from "../results.ts";
import { bar, barScale } from "./bar.ts";
import { byLanguage } from "./by-language.ts";
import { figureCell } from "./figure-cell.ts";
import { groupedTasks, groupLanguage } from "./grouped-tasks.ts";
import { markup, type Markup } from "./markup.ts";

/** What has figures: a task, or the average of some. */
interface Row {
  readonly label: string;
  readonly language: string;
  readonly shots: string;
  readonly n: number;
  readonly metrics: readonly MetricResult[];
  /** What it averages, "" for a task. */
  readonly average: string;
  /** Of a task. */
  readonly protocol: string;
}

/** All figures, by language: averages and single tasks, then what the averages are made of, folded away. */
export function taskSection({ tasks, groups }: Pick<EvaluationResults, "tasks" | "groups">): Markup {
  const { single, averaged } = groupedTasks({ tasks, groups });
  const rows = byLanguage([...groups.map((group) => groupRow(group, tasks)), ...single.map(taskRow)]);
  const parts = new Map(byLanguage(averaged.map(taskRow)));
  const languages = [...new Set([...rows.map(([language]) => language), ...parts.keys()])];
  const own = new Map(rows);
  return markup`<section aria-labelledby="tasks">
<h2 id="tasks">All figures</h2>
<p class="lead">Of 100, ± one standard error, where there is a highest value; perplexities and bits as they are, lower is better. Lines show the 95 % interval.</p>
${languages.map((language) => [
  own.has(language) ? table(languageName(language), own.get(language) ?? []) : null,
  parts.has(language) ? folded(language, parts.get(language) ?? []) : null,
])}
</section>`;
}

const folded = (language: string, rows: readonly Row[]): Markup =>
  markup`<details><summary>${rows.length} tasks that are averaged (${languageName(language)})</summary>
${table(`${languageName(language)}, single tasks`, rows)}</details>`;

const table = (caption: string, rows: readonly Row[]): Markup =>
  markup`<div class="scroll" role="region" tabindex="0" aria-label="Figures: ${caption}">
<table>
<caption>${caption}</caption>
<thead><tr><th scope="col">Task</th><th scope="col">Metric</th><th scope="col" class="chart">${barScale}</th><th scope="col" class="number">Value</th><th scope="col" class="number">n</th><th scope="col" class="number">Shots</th></tr></thead>
${rows.map(
  (row) => markup`<tbody>${row.metrics.map(
    (metric, i) =>
      markup`<tr>${i > 0 ? null : markup`<th scope="rowgroup" rowspan="${row.metrics.length}">${row.label}${row.average === "" ? null : markup` <span class="count">${row.average}</span>`}</th>`}<td class="metric">${metricLabel(metric)}</td><td class="chart">${bar(metric)}</td>${figureCell(metric)}<td class="number">${shownCount(row.n)}</td><td class="number">${row.shots}</td></tr>`,
  )}${row.protocol === "" ? null : markup`<tr class="made"><td colspan="6"><code>${row.protocol}</code></td></tr>`}</tbody>
`,
)}</table>
</div>`;

const metricLabel = ({ name, filter }: MetricResult): Markup =>
  markup`${name}${filter === "none" ? null : markup` <span class="count">${filter}</span>`}`;

const taskRow = (task: TaskResults): Row => ({
  label: task.alias ?? task.name,
  language: task.language,
  shots: String(task.numFewShot),
  n: task.n.effective,
  metrics: task.metrics,
  average: "",
  protocol: task.protocol,
});

function groupRow(group: GroupResults, tasks: readonly TaskResults[]): Row {
  const own = tasks.filter(({ name }) => group.tasks.includes(name));
  const shots = new Set(own.map(({ numFewShot }) => numFewShot));
  return {
    label: group.alias ?? group.name,
    language: groupLanguage(group, tasks),
    shots: [...shots].join(", "),
    n: group.n.effective,
    metrics: group.metrics,
    // Documents count alike, or tasks do.
    average: `${group.weightBySize ? "micro" : "macro"} average of ${group.tasks.length}`,
    protocol: "",
  };
}
