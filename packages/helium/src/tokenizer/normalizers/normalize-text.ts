import { characterEnd } from "../aligned-text.ts";

export type UnicodeForm = "NFC" | "NFD" | "NFKC" | "NFKD";

/**
 * What may decompose into combining marks and nothing before them: the marks themselves, and under NFKD the half-width
 * voiced sound marks.
 */
const mark = /[\p{M}\uff9e\uff9f]/u;

/** So many of them in a row are put in order here: the platform's normaliser takes quadratic time over a run. */
const longRun = /[\p{M}\uff9e\uff9f]{32}/u;

const isSwapped = (pair: string): boolean => pair.normalize("NFD") !== pair;

/** U+0345 has the highest combining class of all, U+0334 the lowest above 0. */
const highest = "\u0345";
const lowest = "\u0334";

/** Whether a decomposed character has a combining class above 0, i.e. moves past others. */
const isReordered = (character: string): boolean => isSwapped(highest + character) || isSwapped(character + lowest);

/**
 * The order of the combining classes of `marks`, as the platform's own Unicode tables have it: of a pair in the wrong
 * order NFD swaps the two. Marks of one class get one number; the classes are numbered from 0.
 */
const rankClasses = (marks: readonly string[]): Map<string, number> => {
  const sorted = marks.toSorted((a, b) => (isSwapped(a + b) ? 1 : isSwapped(b + a) ? -1 : 0));
  const ranks = new Map<string, number>();
  let rank = -1;
  sorted.forEach((character, index) => {
    const before = sorted[index - 1];
    if (before === undefined || isSwapped(character + before)) rank++;
    ranks.set(character, rank);
  });
  return ranks;
};

/** Stable and linear: marks of one class keep their order. */
const sortByClass = (marks: readonly string[]): string => {
  const ranks = rankClasses([...new Set(marks)]);
  const classes: string[][] = [];
  for (const character of marks) (classes[ranks.get(character) ?? 0] ??= []).push(character);
  return classes.map((members) => members.join("")).join("");
};

/** A run of marks, decomposed and in canonical order: equivalent to `run`, so every text around it normalizes alike. */
const orderedRun = (run: string, decomposition: "NFD" | "NFKD"): string => {
  const decomposed = new Map<string, readonly { readonly part: string; readonly moves: boolean }[]>();
  const ordered: string[] = [];
  let waiting: string[] = [];
  for (const character of run) {
    let parts = decomposed.get(character);
    if (parts === undefined) {
      parts = [...character.normalize(decomposition)].map((part) => ({ part, moves: isReordered(part) }));
      decomposed.set(character, parts);
    }
    for (const { part, moves } of parts) {
      if (moves) waiting.push(part);
      else {
        ordered.push(sortByClass(waiting), part);
        waiting = [];
      }
    }
  }
  ordered.push(sortByClass(waiting));
  return ordered.join("");
};

/**
 * `text.normalize(form)` in linear time: a long run of combining marks is put into canonical order first, which the
 * platform's normaliser does by insertion. Source: Unicode Standard Annex #15, section 1.1 and D108 of the standard.
 */
export const normalizeText = (text: string, form: UnicodeForm): string => {
  const parts: string[] = [];
  let done = 0;
  const search = new RegExp(longRun, "gu");
  for (let found = search.exec(text); found !== null; found = search.exec(text)) {
    const start = found.index;
    let end = search.lastIndex;
    while (end < text.length && mark.test(text.slice(end, characterEnd(text, end)))) end = characterEnd(text, end);
    parts.push(text.slice(done, start), orderedRun(text.slice(start, end), form.includes("K") ? "NFKD" : "NFD"));
    search.lastIndex = done = end;
  }
  return parts.length === 0 ? text.normalize(form) : (parts.join("") + text.slice(done)).normalize(form);
};
