import { inTableUnits, scaleOf } from "../figures.ts";
import type { MetricResult } from "../results.ts";
import { markup, type Markup } from "./markup.ts";

/** Half of the interval that covers 95 % of normally distributed errors, in standard errors. */
const CONFIDENCE = 1.96;

/**
 * A bar over 0 to 100 with a line over its 95 % interval, and a mark at the card's value. Its numbers stand beside it as text,
 * so that it is no more than a picture of them. Empty for metrics without a highest value.
 */
export function bar(metric: Pick<MetricResult, "name" | "value" | "stderr">, cardValue: number | null = null): Markup {
  if (scaleOf(metric.name) === "open") return markup``;
  const { value, stderr } = inTableUnits(metric);
  const half = CONFIDENCE * (stderr ?? 0);
  const error =
    stderr === null
      ? null
      : markup`<i class="error" style="left:${percent(value - half)};right:${percent(100 - value - half)}"></i>`;
  const card = cardValue === null ? null : markup`<i class="mark" style="left:${percent(cardValue)}"></i>`;
  return markup`<div class="bar" aria-hidden="true"><i class="fill" style="width:${percent(value)}"></i>${error}${card}</div>`;
}

/** The numbers of the scale above a column of bars. */
export const barScale: Markup = markup`<span class="unseen">Bar, 0 to 100</span><div class="scale" aria-hidden="true">${[
  0, 25, 50, 75, 100,
].map((value) => markup`<span style="left:${value}%">${value}</span>`)}</div>`;

const percent = (value: number): string => `${Math.min(100, Math.max(0, value)).toFixed(2)}%`;
