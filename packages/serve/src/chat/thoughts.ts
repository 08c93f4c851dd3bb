/** What stands around the thoughts before an answer. */
export interface ThoughtMarks {
  readonly open: string;
  readonly close: string;
}

/** Marks that chat templates have. */
const knownMarks: readonly ThoughtMarks[] = [
  { open: "<think>", close: "</think>" },
  { open: "[THINK]", close: "[/THINK]" },
  { open: "<|START_THINKING|>", close: "<|END_THINKING|>" },
];

/** Thoughts of an answer: their marks, and whether the prompt has begun them. */
export interface Thoughts extends ThoughtMarks {
  readonly hasBegun: boolean;
}

/**
 * How an answer thinks, from the template and the end of the prompt; null where no thoughts come: the template knows none, or
 * the prompt has them behind it already.
 */
export function thoughtsOf(template: string, prompt: string): Thoughts | null {
  const marks = knownMarks.find(({ close }) => template.includes(close));
  if (!marks) return null;
  const end = prompt.trimEnd();
  return end.endsWith(marks.close) ? null : { ...marks, hasBegun: end.endsWith(marks.open) };
}
