import { cardComparison, chosenCandidate } from "../card-comparison.ts";
import { isTranslation, languageName, shownCount, shownDifference, shownFigure } from "../figures.ts";
import type { CardRow } from "../results.ts";
import { bar } from "./bar.ts";
import { byLanguage } from "./by-language.ts";
import { markup, type Markup } from "./markup.ts";

/** The card's benchmarks across languages: one row for each language; empty for one language. */
export function languageSection(rows: readonly CardRow[]): Markup {
  // Translations have a table of their own.
  const languages = byLanguage(rows.filter(({ language }) => !isTranslation(language)));
  if (languages.length < 2) return markup``;
  const shared = [...new Set(rows.map(({ benchmark }) => benchmark))].filter(
    (name) => languages.filter(([, own]) => own.some(({ benchmark }) => benchmark === name)).length > 1,
  );
  if (shared.length === 0) return markup``;
  return markup`<section aria-labelledby="languages">
<h2 id="languages">By language</h2>
<p class="lead">What the card asks in several languages. Figures are of 100, ± one standard error; lines show the 95 % interval, marks the card’s figures.</p>
<div class="scroll" role="region" tabindex="0" aria-label="Benchmarks by language">
<table class="languages">
<thead><tr><th scope="col">Language</th>${shared.map((name) => markup`<th scope="col" class="chart">${name}</th>`)}</tr></thead>
<tbody>${languages.map(
    ([language, own]) =>
      markup`<tr><th scope="row">${languageName(language)}</th>${shared.map((name) => cell(own.find(({ benchmark }) => benchmark === name)))}</tr>`,
  )}</tbody>
</table>
</div>
</section>`;
}

function cell(row: CardRow | undefined): Markup {
  if (!row) return markup`<td class="chart none">–</td>`;
  const { metric, n } = chosenCandidate(row);
  const { value, stderr } = shownFigure(metric);
  const { difference } = cardComparison(row);
  return markup`<td class="chart">${bar(metric, row.cardValue)}<div class="under"><b>${value}</b>${stderr === null ? null : ` ± ${stderr}`} <span>n = ${shownCount(n)}${difference === null ? null : `, ${shownDifference(difference)} to the card`}</span></div></td>`;
}
