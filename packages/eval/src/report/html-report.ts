import { languageName, shownCount, shownDuration } from "./figures.ts";
import { calibrationSection } from "./html/calibration-section.ts";
import { cardSection } from "./html/card-section.ts";
import { languageSection } from "./html/language-section.ts";
import { Markup, markup } from "./html/markup.ts";
import { protocolSection } from "./html/protocol-section.ts";
import { style } from "./html/style.ts";
import { taskSection } from "./html/task-section.ts";
import type { EvaluationResults } from "./results.ts";

/** What the page may load and do: nothing but its own style. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * The results as one page of HTML that needs no other file, no script and no network: bars with their 95 % intervals beside the
 * card's figures, all candidates, languages, calibration, and the protocol of every figure. For light and dark screens, and for
 * paper.
 *
 *     await writeFile("report.html", htmlReport(results));
 */
export function htmlReport(results: EvaluationResults): string {
  const { model, tasks, groups, card } = results;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${model.name}: evaluation</title>
<style>${new Markup(style)}</style>
</head>
<body>
<header>
<p class="kicker">Evaluation${results.preset === null ? null : ` · ${results.preset}`}</p>
<h1>${model.name}</h1>
${warning(results)}
${facts(results)}
</header>
<main>
${cardSection(card)}
${languageSection(card)}
${taskSection({ tasks, groups })}
${calibrationSection({ tasks, groups })}
${protocolSection({ tasks, groups })}
</main>
<footer>Written by @helium-lm/eval ${results.settings.version}. A standard error of a mean is that of the documents that were drawn; BLEU and chrF are resampled.</footer>
</body>
</html>
`.text;
}

/** That documents were left out which the benchmark has. */
function warning({ settings: { limit, shard } }: EvaluationResults): Markup {
  const why = [
    ...(limit === null ? [] : [`a limit of ${limit < 1 ? `${100 * limit} %` : shownCount(limit)} for each task`]),
    ...(shard === null ? [] : [`shard ${shard.index} of ${shard.count}`]),
  ];
  if (why.length === 0) return markup``;
  return markup`<p class="warning">Not all documents were scored (${why.join(", ")}): these figures are estimates.</p>`;
}

function facts({ model, tasks, settings, timing }: EvaluationResults): Markup {
  const documents = tasks.reduce((sum, { n }) => sum + n.effective, 0);
  const languages = [...new Set(tasks.map(({ language }) => languageName(language)))];
  const shown: readonly (readonly [string, string])[] = [
    ["Tasks", `${shownCount(tasks.length)}, ${shownCount(documents)} documents`],
    ["Languages", languages.join(", ")],
    ["Scored by", model.source === "endpoint" ? "an endpoint" : "the engine"],
    ...Object.entries(model.facts).flatMap(([name, value]) =>
      value === null
        ? []
        : [[spaced(name), typeof value === "boolean" ? (value ? "yes" : "no") : String(value)] as const],
    ),
    ["Begun", `${timing.startedAt.slice(0, 16).replace("T", " ")} UTC`],
    ["Took", shownDuration(timing.seconds)],
    ...(settings.commit === null ? [] : [["Commit", settings.commit.slice(0, 12)] as const]),
  ];
  return markup`<dl>${shown.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** "maxLength" as "Max length". */
function spaced(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
