import type { CharacterSet } from "./node.ts";
import { pinnedSet } from "./pinned-set.ts";

/**
 * Characters that no set of a pattern tells apart are one class; classes are numbered from 1 as they are met. A code point
 * is looked up in each set once.
 */
export class CharacterClasses {
  readonly #tests: readonly ((codePoint: number) => boolean)[];
  readonly #byMembership = new Map<string, number>();
  /** By class: 1 for each set that holds it. */
  readonly #members: Uint8Array[] = [new Uint8Array(0)];
  /** Class of each unit of the basic plane, 0 for those not met. */
  readonly units = new Uint16Array(0x10000);
  /** The same for code points beyond, 256 to a page. */
  readonly #pages: Uint16Array[] = [];

  /** @throws PatternSyntaxError for a class that is malformed */
  constructor(sets: readonly CharacterSet[]) {
    this.#tests = sets.map((set) => {
      if ("codePoint" in set) return (codePoint) => codePoint === set.codePoint;
      return pinnedSet(set.source);
    });
  }

  /** The number of classes met. */
  get size(): number {
    return this.#members.length - 1;
  }

  /** For each set, 1 where it holds the class. */
  members(characterClass: number): Uint8Array {
    return this.#members[characterClass] as Uint8Array;
  }

  classOf(codePoint: number): number {
    if (codePoint < 0x10000) return (this.units[codePoint] ||= this.#find(codePoint));
    const page = (this.#pages[codePoint >> 8] ??= new Uint16Array(256));
    return (page[codePoint & 255] ||= this.#find(codePoint));
  }

  #find(codePoint: number): number {
    const members = Uint8Array.from(this.#tests, (test) => (test(codePoint) ? 1 : 0));
    const key = members.join("");
    let found = this.#byMembership.get(key);
    if (found === undefined) {
      found = this.#members.push(members) - 1;
      this.#byMembership.set(key, found);
    }
    return found;
  }
}
