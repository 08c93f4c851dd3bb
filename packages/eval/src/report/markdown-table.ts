import { meanComparison, cardComparison, chosenCandidate } from "./card-comparison.ts";
import { languageName, shownCount, shownDifference, shownFigure } from "./figures.ts";
import type { CardRow, EvaluationResults, MetricResult } from "./results.ts";

/**
 * The results as tables of Markdown: the card's table first where there is one, then every figure with its standard error, the
 * number of documents and its protocol. Columns are as wide as their longest cell, so that a terminal shows them well.
 */
export function markdownTable({ card, tasks, groups }: EvaluationResults): string {
  const tables = [
    ...(card.length > 0 ? [cardTable(card), candidateTable(card)] : []),
    figureTable([
      ...groups.map((group) => ({
        ...group,
        shots: "",
        protocol: `${group.weightBySize ? "micro" : "macro"} average of ${group.tasks.length} tasks`,
      })),
      ...tasks.map((task) => ({ ...task, shots: String(task.numFewShot) })),
    ]),
  ];
  return tables.join("\n");
}

function cardTable(card: readonly CardRow[]): string {
  const others = [...new Set(card.flatMap((row) => Object.keys(row.others)))];
  const average = new Set(card.map(({ language }) => language)).size === 1 ? meanComparison(card) : null;
  const one = (value: number | null | undefined): string =>
    value === null || value === undefined ? "" : value.toFixed(1);
  return table(
    [
      ["Benchmark", "left"],
      ["Language", "left"],
      ["Measured", "right"],
      ["±", "right"],
      ["Card", "right"],
      ["Difference", "right"],
      ["n", "right"],
      ...others.map((name) => [name, "right"] as const),
    ],
    [
      ...card.map((row) => {
        const { value, stderr, cardValue, difference, isReproduced } = cardComparison(row);
        return [
          row.benchmark,
          languageName(row.language),
          one(value),
          one(stderr),
          one(cardValue),
          difference === null ? "" : `${shownDifference(difference)}${isReproduced ? " ≈" : ""}`,
          shownCount(chosenCandidate(row).n),
          ...others.map((name) => one(row.others[name])),
        ];
      }),
      ...(average
        ? [
            [
              `Mean of ${card.length}`,
              "",
              one(average.value),
              one(average.stderr),
              one(average.cardValue),
              average.difference === null ? "" : shownDifference(average.difference),
              "",
              ...others.map(() => ""),
            ],
          ]
        : []),
    ],
  );
}

const candidateTable = (card: readonly CardRow[]): string =>
  table(
    [
      ["Benchmark", "left"],
      ["Language", "left"],
      ["Candidate", "left"],
      ["Metric", "left"],
      ["Value", "right"],
      ["±", "right"],
      ["n", "right"],
      ["Chosen", "left"],
      ["Protocol", "left"],
    ],
    card.flatMap((row) =>
      row.candidates.map((candidate) => [
        row.benchmark,
        languageName(row.language),
        candidate.label,
        candidate.metric.name,
        ...figure(candidate.metric),
        shownCount(candidate.n),
        candidate === chosenCandidate(row) ? "yes" : "",
        candidate.protocol,
      ]),
    ),
  );

interface FigureRow {
  readonly name: string;
  readonly alias?: string;
  readonly shots: string;
  readonly protocol: string;
  readonly n: { readonly effective: number };
  readonly metrics: readonly MetricResult[];
}

const figureTable = (rows: readonly FigureRow[]): string =>
  table(
    [
      ["Task", "left"],
      ["Metric", "left"],
      ["Filter", "left"],
      ["Value", "right"],
      ["±", "right"],
      ["n", "right"],
      ["Shots", "right"],
      ["Protocol", "left"],
    ],
    rows.flatMap((row) =>
      row.metrics.map((metric) => [
        row.alias ?? row.name,
        metric.name,
        metric.filter,
        ...figure(metric),
        shownCount(row.n.effective),
        row.shots,
        row.protocol,
      ]),
    ),
  );

function figure(metric: MetricResult): readonly string[] {
  const { value, stderr } = shownFigure(metric);
  return [value, stderr ?? ""];
}

function table(
  columns: readonly (readonly [title: string, align: "left" | "right"])[],
  rows: readonly (readonly string[])[],
): string {
  const cells = [columns.map(([title]) => title), ...rows].map((row) => row.map(cellText));
  const widths = columns.map((_, i) => Math.max(3, ...cells.map((row) => width(row[i] ?? ""))));
  const line = (row: readonly string[]): string =>
    `| ${columns.map(([, align], i) => padded(row[i] ?? "", widths[i] ?? 0, align)).join(" | ")} |\n`;
  const [head = [], ...body] = cells;
  const rule = columns.map(([, align], i) => {
    const dashes = "-".repeat((widths[i] ?? 0) - 1);
    return align === "left" ? `${dashes}-` : `${dashes}:`;
  });
  return line(head) + line(rule) + body.map(line).join("");
}

/** A text of one line, in which nothing ends a cell or begins markup. */
const cellText = (text: string): string => text.replace(/[\\|`*<>[\]]/g, "\\$&").replace(/\s+/g, " ");

const width = (text: string): number => [...text].length;

const padded = (text: string, length: number, align: "left" | "right"): string => {
  const space = " ".repeat(Math.max(0, length - width(text)));
  return align === "left" ? text + space : space + text;
};
