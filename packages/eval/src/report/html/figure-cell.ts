import { shownFigure } from "../figures.ts";
import type { MetricResult } from "../results.ts";
import { markup, type Markup } from "./markup.ts";

/** A figure with its standard error. */
export function figureCell(metric: Pick<MetricResult, "name" | "value" | "stderr">): Markup {
  const { value, stderr } = shownFigure(metric);
  return markup`<td class="number"><b>${value}</b>${stderr === null ? null : markup` <span class="stderr">± ${stderr}</span>`}</td>`;
}
