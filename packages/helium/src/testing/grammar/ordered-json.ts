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

/** Steps of a search for an order of keys, beyond which there is taken to be none. */
const MOST_TRIED = 30_000;

/**
 * The value with the keys of its objects in an order that the grammar admits; null where none is found. A schema does not
 * see the order of keys, a grammar does.
 */
export function putInOrder(start: GrammarState, value: unknown): { readonly value: OrderedJson } | null {
  const found = new OrderSearch().value(start, value);
  return found?.state.isAccepting === true ? found : null;
}

interface Found {
  readonly state: GrammarState;
  readonly value: OrderedJson;
}

type Members = readonly (readonly [key: string, value: OrderedJson])[];

class OrderSearch {
  #tried = 0;

  value(state: GrammarState, value: unknown): Found | null {
    if (typeof value !== "object" || value === null) {
      const next = walk(state, JSON.stringify(value));
      return next === null ? null : { state: next, value: value as OrderedJson };
    }
    if (Array.isArray(value)) return this.#list(state, value);
    const open = walk(state, "{");
    if (open === null) return null;
    return this.#members(open, Object.entries(value), []);
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

  /** Depth first: the first key that can come next, and another one where that leads nowhere. */
  #members(state: GrammarState, left: readonly (readonly [string, unknown])[], written: Members): Found | null {
    if (left.length === 0) {
      const end = walk(state, "}");
      return end === null ? null : { state: end, value: { members: written } };
    }
    for (const [index, [key, value]] of left.entries()) {
      if (++this.#tried > MOST_TRIED) return null;
      const named = walk(state, `${written.length > 0 ? "," : ""}${JSON.stringify(key)}:`);
      const found = named === null ? null : this.value(named, value);
      if (found === null) continue;
      const rest = left.filter((_, other) => other !== index);
      const whole = this.#members(found.state, rest, [...written, [key, found.value]]);
      // Where a member leads back to where it began, it may as well come first.
      if (whole !== null || found.state === state) return whole;
    }
    return null;
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
