import { matchedBy } from "./character-classes.ts";
import type { CodePointSet } from "./code-point-set.ts";
import { codePoints, hasCodePoint, unionOf } from "./code-point-set.ts";

let classes: readonly (readonly number[])[] | undefined;
let classOf: ReadonlyMap<number, readonly number[]> | undefined;

/** The set with every character that differs from one of it by case only, as the flags `iu` compare them. */
export function closedOverCase(set: CodePointSet): CodePointSet {
  classes ??= caseClasses();
  classOf ??= new Map(classes.flatMap((members) => members.map((member) => [member, members] as const)));
  const [first] = set;
  if (set.length === 1 && first?.[0] === first?.[1]) return codePoints(...(classOf.get(first?.[0] ?? -1) ?? set));
  const more: number[] = [];
  for (const members of classes) {
    if (members.some((member) => hasCodePoint(set, member))) more.push(...members);
  }
  return unionOf(set, codePoints(...more));
}

/**
 * The classes of characters that are equal but for case (simple case folding, which is what ECMA-262 takes). Characters
 * that upper and lower case lead to one another are asked of the platform's RegExp in pairs.
 */
function caseClasses(): number[][] {
  const cased = matchedBy(/[\p{Changes_When_Casemapped}\p{Changes_When_Casefolded}]+/gu);
  const grouped = new Map<string, number[]>();
  for (const [first, last] of cased) {
    for (let codePoint = first; codePoint <= last; codePoint++) {
      const character = String.fromCodePoint(codePoint);
      // ẞ and ß, İ and i have longer upper or lower cases: the key only has to bring candidates together.
      const key = character.toUpperCase().toLowerCase().toUpperCase();
      const group = grouped.get(key);
      if (group === undefined) grouped.set(key, [codePoint]);
      else group.push(codePoint);
    }
  }
  return [...grouped.values()].flatMap(splitByFolding).filter((members) => members.length > 1);
}

function splitByFolding(candidates: readonly number[]): number[][] {
  const result: number[][] = [];
  for (const candidate of candidates) {
    const home = result.find(([first]) => first !== undefined && differByCaseOnly(first, candidate));
    if (home === undefined) result.push([candidate]);
    else home.push(candidate);
  }
  return result;
}

const differByCaseOnly = (a: number, b: number): boolean =>
  new RegExp(`^\\u{${a.toString(16)}}$`, "iu").test(String.fromCodePoint(b));
