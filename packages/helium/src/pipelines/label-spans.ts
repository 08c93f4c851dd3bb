/** A run of neighbouring tokens with one label. */
export interface LabelSpan {
  readonly label: string;
  /** `[start, end)` in Unicode code points of the text. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Joins neighbouring tokens of the same label. Labels of the IOB schemes lose their `B-` or `I-`; a `B-` starts a new
 * span even after its own label.
 *
 * @param offsets `[start, end)` of each token in code points
 * @param isSpecial tokens that stand for no part of the text; they are left out
 *
 * @example
 * const offsets = [[0, 3], [4, 12], [13, 17], [18, 24]] as const;
 * const labels = ["B-PER", "I-PER", "O", "B-LOC"];
 * const spans = labelSpans("Ada Lovelace left London", labels, offsets, [false, false, false, false]);
 * console.log(spans.map(({ label, text }) => `${label}: ${text}`)); // [ 'PER: Ada Lovelace', 'O: left', 'LOC: London' ]
 */
export function labelSpans(
  text: string,
  labels: readonly string[],
  offsets: readonly (readonly [number, number])[],
  isSpecial: readonly boolean[],
): LabelSpan[] {
  const points = [...text];
  const spans: { label: string; start: number; end: number }[] = [];
  labels.forEach((given, t) => {
    const [start, end] = offsets[t] ?? [0, 0];
    if (isSpecial[t] || start === end) return;
    const [, prefix, label = given] = /^([BI])-(.+)$/s.exec(given) ?? [];
    const last = spans.at(-1);
    if (last?.label === label && prefix !== "B") last.end = end;
    else spans.push({ label, start, end });
  });
  return spans.map((span) => ({ ...span, text: points.slice(span.start, span.end).join("").trim() }));
}
