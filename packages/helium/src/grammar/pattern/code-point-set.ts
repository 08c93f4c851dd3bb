/** A set of code points: ranges with both ends in, in order, apart from one another by at least one code point. */
export type CodePointSet = readonly (readonly [first: number, last: number])[];

const lastCodePoint = 0x10ffff;

export const noCodePoint: CodePointSet = [];

/** Every character a text may have: all code points but the surrogates. */
export const everyCodePoint: CodePointSet = [
  [0, 0xd7ff],
  [0xe000, lastCodePoint],
];

/** The set of these code points and ranges, given in any order. */
export function codePoints(...parts: readonly (number | string | readonly [number, number])[]): CodePointSet {
  const ranges: [number, number][] = [];
  for (const part of parts) {
    if (typeof part === "string") {
      for (const character of part) ranges.push([codePointOf(character), codePointOf(character)]);
    } else if (typeof part === "number") ranges.push([part, part]);
    else ranges.push([part[0], part[1]]);
  }
  return merged(ranges);
}

const codePointOf = (character: string): number => character.codePointAt(0) ?? 0;

function merged(ranges: [number, number][]): CodePointSet {
  ranges.sort((a, b) => a[0] - b[0]);
  const result: [number, number][] = [];
  let open: [number, number] | undefined;
  for (const [first, last] of ranges) {
    if (open !== undefined && first <= open[1] + 1) open[1] = Math.max(open[1], last);
    else {
      open = [first, last];
      result.push(open);
    }
  }
  return result;
}

export function unionOf(...sets: readonly CodePointSet[]): CodePointSet {
  const [only, ...others] = sets.filter((set) => set.length > 0);
  if (only === undefined) return noCodePoint;
  if (others.length === 0) return only;
  return merged(sets.flatMap((set) => set.map(([first, last]): [number, number] => [first, last])));
}

/** Every character that is not in the set; surrogates are in neither. */
export function complementOf(set: CodePointSet): CodePointSet {
  const gaps: [number, number][] = [];
  let next = 0;
  for (const [first, last] of set) {
    if (first > next) gaps.push([next, first - 1]);
    next = Math.max(next, last + 1);
  }
  if (next <= lastCodePoint) gaps.push([next, lastCodePoint]);
  return intersectionOf(gaps, everyCodePoint);
}

export function intersectionOf(a: CodePointSet, b: CodePointSet): CodePointSet {
  const result: [number, number][] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const left = a[i];
    const right = b[j];
    if (left === undefined || right === undefined) return result;
    const first = Math.max(left[0], right[0]);
    const last = Math.min(left[1], right[1]);
    if (first <= last) result.push([first, last]);
    if (left[1] < right[1]) i++;
    else j++;
  }
}

export const differenceOf = (a: CodePointSet, b: CodePointSet): CodePointSet => intersectionOf(a, complementOf(b));

export function hasCodePoint(set: CodePointSet, codePoint: number): boolean {
  let low = 0;
  let high = set.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = set[middle];
    if (range === undefined || codePoint < range[0]) high = middle - 1;
    else if (codePoint > range[1]) low = middle + 1;
    else return true;
  }
  return false;
}

/** A text that is equal for equal sets. */
export const keyOf = (set: CodePointSet): string => set.map(([first, last]) => `${first}-${last}`).join();
