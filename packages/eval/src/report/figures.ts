import type { MetricResult } from "./results.ts";

/** What a metric's values are out of: shares of 1, points of 100, or nothing. */
export type MetricScale = "share" | "points" | "open";

const points = new Set(["bleu", "chrf", "chrf++", "ter"]);
const open = /perplexity|bits_per_byte/;

export const scaleOf = (metric: string): MetricScale => {
  if (points.has(metric)) return "points";
  return open.test(metric) ? "open" : "share";
};

/** A figure as tables print it: of 100 with one decimal, as model cards have it; perplexities with three digits and more. */
export interface ShownFigure {
  readonly value: string;
  /** Null: there is none. */
  readonly stderr: string | null;
}

/** Value and standard error in the units of a table: of 100 where there is a highest value. */
export function inTableUnits({ name, value, stderr }: Pick<MetricResult, "name" | "value" | "stderr">): {
  readonly value: number;
  readonly stderr: number | null;
} {
  const factor = scaleOf(name) === "share" ? 100 : 1;
  return { value: value * factor, stderr: stderr === null ? null : stderr * factor };
}

export function shownFigure(metric: Pick<MetricResult, "name" | "value" | "stderr">): ShownFigure {
  const { value, stderr } = inTableUnits(metric);
  const decimals = scaleOf(metric.name) === "open" && Math.abs(value) < 100 ? 3 : 1;
  return { value: fixed(value, decimals), stderr: stderr === null ? null : fixed(stderr, decimals) };
}

/** With its sign, a minus that is as wide as a plus: "+1.2", "−0.4", "0.0". */
export function shownDifference(difference: number): string {
  const shown = fixed(difference, 1);
  return /[1-9]/.test(shown) && difference > 0 ? `+${shown}` : shown;
}

/** Seconds as people say them: "48 s", "3 min 20 s", "2 h 5 min". */
export function shownDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${seconds < 10 ? seconds.toFixed(1) : whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
}

export const shownCount = (count: number): string => count.toLocaleString("en-US");

const translation = /^([a-z]{2,3})-([a-z]{2,3})$/;

/** Whether a language is a pair of two: "en-pt", unlike "pt-BR". */
export const isTranslation = (language: string): boolean => translation.test(language);

/** A language's name in English: "Portuguese" for "pt", "English to Portuguese" for the translation "en-pt". */
export function languageName(language: string): string {
  const [, from, into] = translation.exec(language) ?? [];
  if (from !== undefined && into !== undefined) return `${languageName(from)} to ${languageName(into)}`;
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(language) ?? language;
  } catch {
    return language;
  }
}

/** Without "-0.0". */
function fixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  const text = value.toFixed(decimals);
  const isZero = !/[1-9]/.test(text);
  return isZero ? text.replace("-", "") : text.replace("-", "−");
}
