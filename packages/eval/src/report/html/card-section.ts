import { meanComparison, cardComparison, chosenCandidate, type CardComparison } from "../card-comparison.ts";
import { isTranslation, languageName, shownCount, shownDifference, shownFigure } from "../figures.ts";
import type { CardCandidate, CardRow } from "../results.ts";
import { bar, barScale } from "./bar.ts";
import { figureCell } from "./figure-cell.ts";
import { markup, type Markup } from "./markup.ts";
import { byLanguage } from "./by-language.ts";

/** The card's table, measured and printed figures side by side, with all candidates. */
export function cardSection(rows: readonly CardRow[]): Markup {
  if (rows.length === 0) return markup``;
  const translations = rows.filter(({ language }) => isTranslation(language));
  return markup`<section aria-labelledby="card">
<h2 id="card">Beside the model card</h2>
<p class="lead">Bars show what was measured, of 100, with a line over the 95 % interval; the mark <i class="mark key" aria-hidden="true"></i> is the card’s figure. A difference of up to two standard errors (≈) is what chance alone gives.</p>
${byLanguage(rows.filter(({ language }) => !isTranslation(language))).map(([language, own]) => table(languageName(language), own))}
${translations.length > 0 ? table("Translation", translations) : null}
</section>`;
}

function table(caption: string, rows: readonly CardRow[]): Markup {
  const others = [...new Set(rows.flatMap((row) => Object.keys(row.others)))];
  const average = meanComparison(rows);
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="The card: ${caption}">
<table class="card">
<caption>${caption}</caption>
<thead><tr><th scope="col">Benchmark</th><th scope="col" class="chart">${barScale}</th><th scope="col" class="number">Measured</th><th scope="col" class="number">Card</th><th scope="col" class="number">Difference</th><th scope="col" class="number">n</th>${others.map(
    (name) => markup`<th scope="col" class="number other">${name}</th>`,
  )}</tr></thead>
${rows.map((row) => benchmarkRows(row, others))}
${average && averageRow(average, rows.length, others)}
</table>
</div>`;
}

function benchmarkRows(row: CardRow, others: readonly string[]): Markup {
  const figures = cardComparison(row);
  const candidate = chosenCandidate(row);
  return markup`<tbody>
<tr><th scope="row">${row.benchmark}${isTranslation(row.language) ? markup` <span class="count">${languageName(row.language)}</span>` : null}</th><td class="chart">${bar(candidate.metric, row.cardValue)}</td>${figureCell(candidate.metric)}${comparison(figures)}<td class="number">${shownCount(candidate.n)}</td>${others.map(
    (name) => markup`<td class="number other">${oneDecimal(row.others[name] ?? null)}</td>`,
  )}</tr>
<tr class="candidates"><td colspan="${6 + others.length}"><ul>${row.candidates.map((one) => candidateItem(one, one === candidate && row.candidates.length > 1))}</ul></td></tr>
</tbody>`;
}

function candidateItem({ label, metric, protocol, n }: CardCandidate, isChosen: boolean): Markup {
  const { value, stderr } = shownFigure(metric);
  return markup`<li${isChosen ? markup` class="chosen"` : null}>${label} <b>${value}</b>${stderr === null ? null : ` ± ${stderr}`} <span>${metric.name}, n = ${shownCount(n)}${isChosen ? ", chosen" : null}</span> <code>${protocol}</code></li>`;
}

function averageRow(average: CardComparison, count: number, others: readonly string[]): Markup {
  return markup`<tfoot><tr><th scope="row">Mean of ${count}</th><td class="chart"></td><td class="number"><b>${oneDecimal(average.value)}</b>${average.stderr === null ? null : markup` <span class="stderr">± ${oneDecimal(average.stderr)}</span>`}</td>${comparison(average)}<td></td>${others.map(() => markup`<td></td>`)}</tr></tfoot>`;
}

function comparison({ cardValue, difference, isReproduced }: CardComparison): Markup {
  const card = markup`<td class="number">${oneDecimal(cardValue)}</td>`;
  if (difference === null) return markup`${card}<td class="number none">–</td>`;
  const [sign, words] =
    isReproduced === null
      ? ["", ""]
      : isReproduced
        ? ["≈", "within two standard errors"]
        : difference > 0
          ? ["▲", "above the card"]
          : ["▼", "below the card"];
  const kind = isReproduced === false ? (difference > 0 ? "above" : "below") : "within";
  return markup`${card}<td class="number ${kind}">${shownDifference(difference)} <span aria-hidden="true">${sign}</span><span class="unseen">${words}</span></td>`;
}

const oneDecimal = (value: number | null): string => (value === null ? "–" : value.toFixed(1));
