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
    const found = new OrderSearch(isQuick).value(start, value);
    if (found?.state.isAccepting === true) return found;
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

class OrderSearch {
  readonly #known = new Map<GrammarState, Map<unknown, Found | null>>();
  readonly #isQuick: boolean;
  #tried = 0;

  /** @param isQuick a member that shuts out no other is never put elsewhere */
  constructor(isQuick: boolean) {
    this.#isQuick = isQuick;
  }

  value(state: GrammarState, value: unknown): Found | null {
    if (typeof value !== "object" || value === null) {
      const next = walk(state, JSON.stringify(value));
      return next === null ? null : { state: next, value: value as OrderedJson };
    }
    const ofState = this.#known.get(state) ?? new Map<unknown, Found | null>();
    this.#known.set(state, ofState);
    const known = ofState.get(value);
    if (known !== undefined) return known;
    const open = walk(state, "{");
    const found = Array.isArray(value)
      ? this.#list(state, value)
      : open === null
        ? null
        : this.#members(open, Object.entries(value), []);
    ofState.set(value, found);
    return found;
  }

  #list(start: GrammarState, list: readonly unknown[]): Found | null {
    let state = walk(start, "[");
    const items: OrderedJson[] = [];
    for (const [index, item] of list.entries()) {
      const before = index === 0 ? state : walk(state, ",");
      const found = before === null ? null : this.value(before, item);
      if (found === null) return null;
      state = found.state;
      items.push(found.value);
    }
    const end = walk(state, "]");
    return end === null ? null : { state: end, value: { items } };
  }

  /** Depth first: the member that shuts out the fewest others, and another one where that leads nowhere. */
  #members(state: GrammarState, left: readonly Entry[], written: Members): Found | null {
    if (left.length === 0) {
      const end = walk(state, "}");
      return end === null ? null : { state: end, value: { members: written } };
    }
    for (const { entry, found, lost } of this.#candidates(state, left, written.length === 0)) {
      if (this.#tried > MOST_TRIED) return null;
      const rest = left.filter((other) => other !== entry);
      const whole = this.#members(found.state, rest, [...written, [entry[0], found.value]]);
      // Where a member leads back to where it began, it may as well come first.
      if (whole !== null || found.state === state || (this.#isQuick && lost === 0)) return whole;
    }
    return null;
  }

  #candidates(state: GrammarState, left: readonly Entry[], isFirst: boolean): readonly Candidate[] {
    const named = left.flatMap((entry) => {
      const after = this.#key(state, entry, isFirst);
      return after === null ? [] : [{ entry, after }];
    });
    const candidates: Candidate[] = [];
    for (const { entry, after } of named) {
      const found = this.value(after, entry[1]);
      if (found === null) continue;
      const others = named.filter((other) => other.entry !== entry);
      const lost = others.filter((other) => this.#key(found.state, other.entry, false) === null).length;
      if (lost === 0 && this.#isQuick) return [{ entry, found, lost }];
      candidates.push({ entry, found, lost });
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
