import type { GrammarState } from "../../grammar/automaton/grammar-state.ts";
import { walk } from "./schema-acceptor.ts";

/** A JSON value whose members have an order that JavaScript's objects cannot always have, such as "b" before "1". */
export type OrderedJson =
  | null
  | boolean
  | number
  | string
  | { readonly items: readonly OrderedJson[] }
  | { readonly members: readonly (readonly [key: string, value: OrderedJson])[] };

/** Keys that are tried in the search for an order, beyond which there is taken to be none. */
const MOST_TRIED = 50_000;

/**
 * The value with the keys of its objects in an order that the grammar admits; null where none is found. A schema does not
 * see the order of keys, a grammar does.
 */
export function putInOrder(start: GrammarState, value: unknown): { readonly value: OrderedJson } | null {
  for (const isQuick of [true, false]) {
    const found = new OrderSearch(isQuick).values(start, value).find(({ state }) => state.isAccepting);
    if (found !== undefined) return found;
  }
  return null;
}

interface Found {
  readonly state: GrammarState;
  readonly value: OrderedJson;
}

type Members = readonly (readonly [key: string, value: OrderedJson])[];

type Entry = readonly [key: string, value: unknown];

/** A member that may come next, and how many of those that also could may then come no more. */
interface Candidate {
  readonly entry: Entry;
  readonly found: Found;
  readonly lost: number;
}

/** Members of an object that are written, and those that are left. */
interface Place {
  readonly state: GrammarState;
  readonly left: readonly Entry[];
  readonly written: Members;
}

class OrderSearch {
  readonly #known = new Map<GrammarState, Map<unknown, readonly Found[]>>();
  readonly #isQuick: boolean;
  #tried = 0;

  /** @param isQuick one order of each value is enough, and a member that shuts out no other is never put elsewhere */
  constructor(isQuick: boolean) {
    this.#isQuick = isQuick;
  }

  /** Ways to write a value that differ in what may follow: the order within decides which alternative is meant. */
  values(state: GrammarState, value: unknown): readonly Found[] {
    if (typeof value !== "object" || value === null) {
      const next = walk(state, JSON.stringify(value));
      return next === null ? [] : [{ state: next, value: value as OrderedJson }];
    }
    const ofState = this.#known.get(state) ?? new Map<unknown, readonly Found[]>();
    this.#known.set(state, ofState);
    const known = ofState.get(value);
    if (known !== undefined) return known;
    const found = Array.isArray(value) ? this.#list(state, value) : this.#object(state, value);
    ofState.set(value, found);
    return found;
  }

  #list(start: GrammarState, list: readonly unknown[]): readonly Found[] {
    const open = walk(start, "[");
    let ways = new Map<GrammarState, readonly OrderedJson[]>(open === null ? [] : [[open, []]]);
    for (const [index, item] of list.entries()) {
      const longer: typeof ways = new Map();
      for (const [state, items] of ways) {
        const before = index === 0 ? state : walk(state, ",");
        for (const found of before === null ? [] : this.values(before, item))
          if (!longer.has(found.state)) longer.set(found.state, [...items, found.value]);
      }
      ways = longer;
    }
    return [...ways].flatMap(([state, items]) => {
      const end = walk(state, "]");
      return end === null ? [] : [{ state: end, value: { items } }];
    });
  }

  #object(start: GrammarState, value: object): readonly Found[] {
    const open = walk(start, "{");
    const ends = new Map<GrammarState, Found>();
    if (open !== null) this.#members({ state: open, left: Object.entries(value), written: [] }, ends, new Map());
    return [...ends.values()];
  }

  /** Depth first: the member that shuts out the fewest others, and another one where that leads nowhere. */
  #members(
    { state, left, written }: Place,
    ends: Map<GrammarState, Found>,
    seen: Map<GrammarState, Set<string>>,
  ): void {
    if (left.length === 0) {
      const end = walk(state, "}");
      if (end !== null && !ends.has(end)) ends.set(end, { state: end, value: { members: written } });
      return;
    }
    const rests = seen.get(state) ?? new Set();
    seen.set(state, rests);
    const rest = JSON.stringify(left.map(([key]) => key));
    if (rests.has(rest)) return;
    rests.add(rest);
    for (const { entry, found, lost } of this.#candidates(state, left, written.length === 0)) {
      if (this.#tried > MOST_TRIED) return;
      const others = left.filter((other) => other !== entry);
      this.#members({ state: found.state, left: others, written: [...written, [entry[0], found.value]] }, ends, seen);
      if (this.#isQuick && (lost === 0 || ends.size > 0)) return;
      // Where a member leads back to where it began, it may as well come first.
      if (found.state === state) return;
    }
  }

  #candidates(state: GrammarState, left: readonly Entry[], isFirst: boolean): readonly Candidate[] {
    const named = left.flatMap((entry) => {
      const after = this.#key(state, entry, isFirst);
      return after === null ? [] : [{ entry, after }];
    });
    const candidates: Candidate[] = [];
    for (const { entry, after } of named) {
      for (const found of this.values(after, entry[1])) {
        const others = named.filter((other) => other.entry !== entry);
        const lost = others.filter((other) => this.#key(found.state, other.entry, false) === null).length;
        if (lost === 0 && this.#isQuick) return [{ entry, found, lost }];
        candidates.push({ entry, found, lost });
      }
    }
    return candidates.sort((a, b) => a.lost - b.lost);
  }

  #key(state: GrammarState, [key]: Entry, isFirst: boolean): GrammarState | null {
    return ++this.#tried > MOST_TRIED ? null : walk(state, `${isFirst ? "" : ","}${JSON.stringify(key)}:`);
  }
}

/** How a JSON text is laid out. */
export interface JsonLayout {
  readonly comma: string;
  readonly colon: string;
  /** Spaces of each level on a line of its own; 0 for one line. */
  readonly indent: number;
  readonly isAscii: boolean;
}

export const layouts = {
  compact: { comma: ",", colon: ":", indent: 0, isAscii: false },
  python: { comma: ", ", colon: ": ", indent: 0, isAscii: true },
  indented: { comma: ",", colon: ": ", indent: 2, isAscii: false },
} as const satisfies Record<string, JsonLayout>;

export function writeJson(value: OrderedJson, layout: JsonLayout, level = 0): string {
  const { comma, colon, indent, isAscii } = layout;
  const text = (string: string): string => (isAscii ? toAscii(JSON.stringify(string)) : JSON.stringify(string));
  if (typeof value === "string") return text(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const parts =
    "items" in value
      ? value.items.map((item) => writeJson(item, layout, level + 1))
      : value.members.map(([key, inner]) => `${text(key)}${colon}${writeJson(inner, layout, level + 1)}`);
  const [open, close] = "items" in value ? ["[", "]"] : ["{", "}"];
  if (parts.length === 0 || indent === 0) return `${open}${parts.join(comma)}${close}`;
  const line = `\n${" ".repeat(indent * (level + 1))}`;
  return `${open}${line}${parts.join(`${comma}${line}`)}\n${" ".repeat(indent * level)}${close}`;
}

const toAscii = (text: string): string =>
  text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
