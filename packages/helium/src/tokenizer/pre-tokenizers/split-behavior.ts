import type { AlignedText } from "../aligned-text.ts";
import type { Pattern, Span } from "../regex/pattern.ts";

/** What becomes of the parts that the pattern of a split matches. */
export const splitBehaviors = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"] as const;

export type SplitBehavior = (typeof splitBehaviors)[number];

interface Part {
  start: number;
  end: number;
}

const mergedWithPrevious = (spans: readonly Span[]): Part[] => {
  const parts: Part[] = [];
  let previousMatched = false;
  for (const { start, end, isMatch } of spans) {
    const last = parts.at(-1);
    if (isMatch && !previousMatched && last !== undefined) last.end = end;
    else parts.push({ start, end });
    previousMatched = isMatch;
  }
  return parts;
};

const mergedWithNext = (spans: readonly Span[]): Part[] => {
  const parts: Part[] = [];
  let nextMatched = false;
  for (const { start, end, isMatch } of spans.toReversed()) {
    const last = parts.at(-1);
    if (isMatch && !nextMatched && last !== undefined) last.start = start;
    else parts.push({ start, end });
    nextMatched = isMatch;
  }
  return parts.reverse();
};

const contiguous = (spans: readonly Span[]): Part[] => {
  const parts: Part[] = [];
  let previousMatched = false;
  for (const { start, end, isMatch } of spans) {
    const last = parts.at(-1);
    if (isMatch === previousMatched && last !== undefined) last.end = end;
    else parts.push({ start, end });
    previousMatched = isMatch;
  }
  return parts;
};

const partsOf: Readonly<Record<SplitBehavior, (spans: readonly Span[]) => readonly Part[]>> = {
  Removed: (spans) => spans.filter((span) => !span.isMatch),
  Isolated: (spans) => spans,
  MergedWithPrevious: mergedWithPrevious,
  MergedWithNext: mergedWithNext,
  Contiguous: contiguous,
};

/**
 * Cuts `source` at the matches of `pattern`. For `-` in `a-b--c`: Removed `a b c`, Isolated `a - b - - c`,
 * MergedWithPrevious `a- b- - c`, MergedWithNext `a -b - -c`, Contiguous `a - b -- c`.
 */
export const splitText = (source: AlignedText, pattern: Pattern, behavior: SplitBehavior): AlignedText[] => {
  const pieces: AlignedText[] = [];
  for (const { start, end } of partsOf[behavior](pattern(source.text))) {
    if (start < end) pieces.push(source.slice(start, end));
  }
  return pieces;
};
