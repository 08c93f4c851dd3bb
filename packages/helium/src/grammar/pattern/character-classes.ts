import type { CodePointSet } from "./code-point-set.ts";
import { codePoints, complementOf } from "./code-point-set.ts";

export const digits: CodePointSet = codePoints([0x30, 0x39]);

export const wordCharacters: CodePointSet = codePoints([0x30, 0x39], [0x41, 0x5a], 0x5f, [0x61, 0x7a]);

/** `\s`: WhiteSpace and LineTerminator of ECMA-262 (tab … carriage return, every Space_Separator, U+2028, U+2029, U+FEFF). */
export const whiteSpace: CodePointSet = codePoints(
  [0x09, 0x0d],
  0x20,
  0xa0,
  0x1680,
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  0x202f,
  0x205f,
  0x3000,
  0xfeff,
);

export const lineTerminators: CodePointSet = codePoints(0x0a, 0x0d, 0x2028, 0x2029);

/** What `.` matches without the flag `s`. */
export const notLineTerminators: CodePointSet = complementOf(lineTerminators);

const known = new Map<string, CodePointSet>();

/**
 * The characters that one `\p{…}` matches, asked once of the platform's own RegExp, so the version of Unicode is the
 * platform's. `undefined` where the platform knows no such property.
 */
export function charactersOfProperty(property: string): CodePointSet | undefined {
  const found = known.get(property);
  if (found !== undefined) return found;
  let runs: RegExp;
  try {
    runs = new RegExp(`\\p{${property}}+`, "gu");
  } catch {
    return undefined;
  }
  const set = matchedBy(runs);
  known.set(property, set);
  return set;
}

/** Planes that are looked at character by character; the others have no characters, or private ones, all alike. */
const scanned: readonly (readonly [number, number])[] = [
  [0, 0xd7ff],
  [0xe000, 0xffff],
  [0x10000, 0x1ffff],
  [0x20000, 0x2ffff],
  [0x30000, 0x3ffff],
  [0xe0000, 0xeffff],
];
const uniformPlanes = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16];

/** The characters that a RegExp for runs of characters (`…+` with the flags `g` and `u`) matches. */
export function matchedBy(runs: RegExp): CodePointSet {
  const ranges: [number, number][] = [];
  for (const [from, to] of scanned) {
    // Within one plane all characters are of one length in UTF-16.
    const width = from > 0xffff ? 2 : 1;
    for (const match of charactersBetween(from, to).matchAll(runs)) {
      const first = from + match.index / width;
      ranges.push([first, first + match[0].length / width - 1]);
    }
  }
  const matches = (codePoint: number): boolean => String.fromCodePoint(codePoint).search(runs) === 0;
  for (const plane of uniformPlanes) {
    const base = plane << 16;
    if (matches(base)) ranges.push([base, base + 0xfffd]);
    if (matches(base + 0xfffe)) ranges.push([base + 0xfffe, base + 0xffff]);
  }
  return codePoints(...ranges);
}

function charactersBetween(from: number, to: number): string {
  const parts: string[] = [];
  for (let start = from; start <= to; start += 4096) {
    const count = Math.min(4096, to - start + 1);
    parts.push(String.fromCodePoint(...Array.from({ length: count }, (_, i) => start + i)));
  }
  return parts.join("");
}
