import { shownCount, shownDuration } from "../figures.ts";
import type { EvaluationResults, TaskResults } from "../results.ts";
import { groupedTasks } from "./grouped-tasks.ts";
import { markup, type Markup } from "./markup.ts";

/** All that each figure depends on; of tasks that are averaged, folded away. */
export function protocolSection(results: Pick<EvaluationResults, "tasks" | "groups">): Markup {
  const { single, averaged } = groupedTasks(results);
  return markup`<section aria-labelledby="protocols">
<h2 id="protocols">How the figures were made</h2>
<p class="lead">Two figures compare only under one protocol.</p>
${single.length > 0 ? table("Protocols", single) : null}
${averaged.length > 0 ? markup`<details><summary>${averaged.length} tasks that are averaged</summary>${table("Protocols of averaged tasks", averaged)}</details>` : null}
</section>`;
}

const table = (label: string, tasks: readonly TaskResults[]): Markup =>
  markup`<div class="scroll" role="region" tabindex="0" aria-label="${label}">
<table class="protocols">
<thead><tr><th scope="col">Task</th><th scope="col">Protocol</th><th scope="col" class="number">Documents</th><th scope="col" class="number">Shots</th><th scope="col" class="number">Version</th><th scope="col" class="number">Time</th></tr></thead>
<tbody>${tasks.map((task) => {
    const { original, effective } = task.n;
    const signatures = task.metrics.flatMap(({ name, signature }) =>
      signature === undefined ? [] : [`${name}: ${signature}`],
    );
    return markup`<tr><th scope="row">${task.name}</th><td><code>${task.protocol}</code>${signatures.map((signature) => markup`<br><code>${signature}</code>`)}</td><td class="number">${shownCount(effective)}${effective === original ? null : ` of ${shownCount(original)}`}</td><td class="number">${task.numFewShot}</td><td class="number">${task.version}</td><td class="number">${shownDuration(task.seconds)}</td></tr>
`;
  })}</tbody>
</table>
</div>`;
