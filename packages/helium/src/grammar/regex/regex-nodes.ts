import { GrammarLimitError } from "../../errors.ts";
import { kinds, RegexColumns, type ByteAutomaton, type Kind, type Regex } from "./regex-columns.ts";

/** Alternatives within alternatives while they are brought into the common form. */
const MOST_WITHIN = 1_000;

const tooDeep = (): GrammarLimitError =>
  new GrammarLimitError(
    "grammar",
    `has alternatives that part one after another more than ${MOST_WITHIN} times; shorten them`,
    {
      limit: MOST_WITHIN,
    },
  );

/** Sorting two, which is most common, needs no room. */
function ascending(members: Iterable<Regex>): Regex[] {
  const list = [...members];
  if (list.length !== 2) return list.sort((a, b) => a - b);
  const [a = 0, b = 0] = list;
  return a <= b ? list : [b, a];
}

/**
 * Interned nodes of regular expressions, in a form that makes equal languages equal numbers in the common cases: alternatives
 * are sorted, flat and share their heads; sequences lean to the right; counted parts that stand side by side are one. Brzozowski's
 * derivatives of such nodes are few (Owens, Reppy, Turon, "Regular-expression derivatives re-examined", 2009).
 */
export class RegexNodes extends RegexColumns {
  /** ∅: matches no text. */
  readonly nothing: Regex;
  /** ε: matches the empty text. */
  readonly empty: Regex;
  /** Matches every text. */
  readonly anything: Regex;
  /** Automata by number. */
  readonly #automata = new Map<ByteAutomaton, number>();
  /** Calls of `or` within one another. */
  #within = 0;
  /** Of each byte, itself. */
  readonly #single: Regex[] = [];

  constructor() {
    super();
    this.nothing = this.intern("nothing", kinds.nothing, {});
    this.empty = this.intern("empty", kinds.empty, { nullable: true });
    this.anything = this.not(this.nothing);
  }

  /** One byte from `from` to `to`. */
  bytes(from: number, to = from): Regex {
    if (from !== to) return this.#ofSet(this.sets.range(from, to));
    return (this.#single[from] ??= this.#ofSet(this.sets.range(from, from)));
  }

  /** One after another. */
  concat(...parts: readonly Regex[]): Regex {
    let result = this.empty;
    for (let i = parts.length - 1; i >= 0; i--) result = this.#prepend(parts[i] ?? this.empty, result);
    return result;
  }

  /** `r`, from `min` to `max` times. */
  repeat(r: Regex, min: number, max = Infinity): Regex {
    if (max < min) return this.nothing;
    if (max === 0 || r === this.empty) return this.empty;
    if (r === this.nothing) return min === 0 ? this.empty : this.nothing;
    if (this.kind[r] === kinds.bytes && min === 0 && max === Infinity && this.sets.isAll(this.first[r] ?? 0))
      return this.anything;
    const least = this.isNullable(r) ? 0 : min;
    if (least === 1 && max === 1) return r;
    if (max === 1 && this.isNullable(r)) return r;
    if (this.kind[r] === kinds.repeat && this.third[r] === Infinity && (this.second[r] ?? 0) <= 1) {
      // (x*){m,n} = x*, (x+){m,n} = x{m,}
      const inner = this.first[r] ?? r;
      return this.repeat(inner, least, Infinity);
    }
    const key = `r${r},${least},${max}`;
    const nullable = least === 0;
    return this.intern(key, kinds.repeat, { first: r, second: least, third: max, nullable });
  }

  /** What an automaton accepts from a state on. */
  automaton(automaton: ByteAutomaton, state: number): Regex {
    const index = this.#automata.get(automaton) ?? this.automata.push(automaton) - 1;
    this.#automata.set(automaton, index);
    const nullable = automaton.accepts(state);
    return this.intern(`m${index},${state}`, kinds.automaton, {
      first: index,
      second: state,
      nullable,
      isBoolean: automaton.isTrim !== true,
    });
  }

  /** `r` or the empty text. */
  optional(r: Regex): Regex {
    return this.or(r, this.empty);
  }

  /** All texts of bytes that `r` does not match, malformed UTF-8 included. */
  not(r: Regex): Regex {
    if (this.kind[r] === kinds.not) return this.first[r] ?? r;
    return this.intern(`n${r}`, kinds.not, { first: r, nullable: !this.isNullable(r), isBoolean: true });
  }

  /** What any of the parts matches. */
  or(...parts: readonly Regex[]): Regex {
    return this.#orAll(parts);
  }

  #orAll(parts: readonly Regex[]): Regex {
    const only = this.#onlyOne(parts);
    if (only !== null) return only;
    let members = this.#flat(kinds.or, parts);
    // What all begin with is taken off in a loop, since texts may share long beginnings.
    const shared: Regex[] = [];
    for (let head = this.#sharedHead(members); head !== null; head = this.#sharedHead(members)) {
      shared.push(head);
      members = this.#flat(
        kinds.or,
        Array.from(members, (r) => this.#tailOf(r)),
      );
    }
    let result = this.#orOfMembers(members);
    for (let head = shared.pop(); head !== undefined; head = shared.pop()) result = this.#prepend(head, result);
    return result;
  }

  /** The part that all others are, or ∅; null where there are several. */
  #onlyOne(parts: readonly Regex[]): Regex | null {
    let only = this.nothing;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] ?? only;
      if (part === this.nothing || part === only) continue;
      if (only !== this.nothing) return null;
      only = part;
    }
    this.budget.spend(parts.length);
    return only;
  }

  /** What all of several members begin with; null where that is not one part. */
  #sharedHead(members: Set<Regex>): Regex | null {
    members.delete(this.nothing);
    if (members.size <= 1 || members.has(this.anything)) return null;
    let shared: Regex | null = null;
    for (const r of members) {
      const head = this.#headOf(r);
      if (head === this.empty || (shared !== null && head !== shared)) return null;
      shared = head;
    }
    return shared;
  }

  #headOf(r: Regex): Regex {
    return this.kind[r] === kinds.concat ? (this.first[r] ?? r) : r;
  }

  #tailOf(r: Regex): Regex {
    return this.kind[r] === kinds.concat ? (this.second[r] ?? this.empty) : this.empty;
  }

  #orOfMembers(members: Set<Regex>): Regex {
    if (members.has(this.anything)) return this.anything;
    if (members.size <= 1) return [...members][0] ?? this.nothing;
    if (this.#within >= MOST_WITHIN) throw tooDeep();
    this.#within++;
    try {
      return this.#orOf(this.#factored(this.#mergedBytes([...members])));
    } finally {
      this.#within--;
    }
  }

  /** What all of the parts match. */
  and(...parts: readonly Regex[]): Regex {
    const members = this.#flat(kinds.and, parts);
    members.delete(this.anything);
    if (members.has(this.nothing)) return this.nothing;
    if (members.size === 0) return this.anything;
    const list = ascending(members);
    const [only = this.nothing] = list;
    if (list.length === 1) return only;
    if (members.has(this.empty)) return list.every((r) => this.isNullable(r)) ? this.empty : this.nothing;
    if (list.some((r) => this.kind[r] === kinds.not && members.has(this.first[r] ?? -1))) return this.nothing;
    const sets = list.filter((r) => this.kind[r] === kinds.bytes);
    if (sets.length > 1) {
      const common = sets.map((r) => this.first[r] ?? 0).reduce((a, b) => this.sets.intersection(a, b));
      return this.and(this.#ofSet(common), ...list.filter((r) => this.kind[r] !== kinds.bytes));
    }
    const nullable = list.every((r) => this.isNullable(r));
    return this.intern(`a${list.join()}`, kinds.and, { parts: list, nullable, isBoolean: true });
  }

  #ofSet(set: number): Regex {
    if (this.sets.isNone(set)) return this.nothing;
    return this.intern(`b${set}`, kinds.bytes, { first: set });
  }

  /** head · tail */
  #prepend(head: Regex, tail: Regex): Regex {
    if (head === this.nothing || tail === this.nothing) return this.nothing;
    if (head === this.empty) return tail;
    if (tail === this.empty) return head;
    if (head === this.anything && tail === this.anything) return tail;
    if (this.kind[head] === kinds.concat) {
      const heads: Regex[] = [];
      let rest = head;
      for (; this.kind[rest] === kinds.concat; rest = this.second[rest] ?? rest) heads.push(this.first[rest] ?? rest);
      return this.concat(...heads, rest, tail);
    }
    const merged = this.#mergedCounts(head, tail);
    if (merged !== null) return merged;
    return this.internPair(head, tail);
  }

  /** x{a,b}·x{c,d} = x{a+c,b+d}, with anything behind; null where that is not the case. */
  #mergedCounts(head: Regex, tail: Regex): Regex | null {
    const isPair = this.kind[tail] === kinds.concat;
    const next = isPair ? (this.first[tail] ?? tail) : tail;
    const [a, b] = [this.#countsOf(head), this.#countsOf(next)];
    if (a.of !== b.of || (!a.isCounted && !b.isCounted)) return null;
    const whole = this.repeat(a.of, a.min + b.min, a.max + b.max);
    return isPair ? this.#prepend(whole, this.second[tail] ?? this.empty) : whole;
  }

  #countsOf(r: Regex): { readonly of: Regex; readonly min: number; readonly max: number; readonly isCounted: boolean } {
    if (this.kind[r] !== kinds.repeat) return { of: r, min: 1, max: 1, isCounted: false };
    return { of: this.first[r] ?? r, min: this.second[r] ?? 0, max: this.third[r] ?? 0, isCounted: true };
  }

  /** The parts, and in place of those of the same kind their own. */
  #flat(kind: Kind, given: readonly Regex[]): Set<Regex> {
    const flat = new Set<Regex>();
    for (const part of given)
      if (this.kind[part] === kind) for (const inner of this.parts[part] ?? []) flat.add(inner);
      else flat.add(part);
    this.budget.spend(flat.size);
    return flat;
  }

  /** One set for all single bytes. */
  #mergedBytes(members: readonly Regex[]): readonly Regex[] {
    const sets = members.filter((r) => this.kind[r] === kinds.bytes);
    if (sets.length < 2) return members;
    const all = sets.map((r) => this.first[r] ?? 0).reduce((a, b) => this.sets.union(a, b));
    return [this.#ofSet(all), ...members.filter((r) => this.kind[r] !== kinds.bytes)];
  }

  /** a·x | a·y = a·(x|y); counts of the same part with the same tail are one where they overlap. */
  #factored(members: readonly Regex[]): readonly Regex[] {
    const byHead = new Map<Regex, Regex[]>();
    for (const r of members) {
      const [head, tail] = [this.#headOf(r), this.#tailOf(r)];
      const tails = byHead.get(head);
      if (tails) tails.push(tail);
      else byHead.set(head, [tail]);
    }
    const shared = [...byHead].map(([head, tails]) =>
      this.#prepend(head, tails.length > 1 ? this.#orAll(tails) : (tails[0] ?? this.empty)),
    );
    return this.#mergedRanges(shared);
  }

  #mergedRanges(members: readonly Regex[]): readonly Regex[] {
    const groups = new Map<string, { readonly of: Regex; readonly tail: Regex; ranges: [number, number][] }>();
    const others: Regex[] = [];
    for (const r of members) {
      const isPair = this.kind[r] === kinds.concat;
      const { of, min, max, isCounted } = this.#countsOf(isPair ? (this.first[r] ?? r) : r);
      if (!isCounted) {
        others.push(r);
        continue;
      }
      const tail = isPair ? (this.second[r] ?? this.empty) : this.empty;
      const group = groups.get(`${of},${tail}`) ?? { of, tail, ranges: [] };
      groups.set(`${of},${tail}`, group);
      group.ranges.push([min, max]);
    }
    for (const { of, tail, ranges } of groups.values()) {
      ranges.sort(([a], [b]) => a - b);
      let [min, max] = ranges[0] ?? [0, 0];
      for (const [from, to] of ranges.slice(1))
        if (from <= max + 1) max = Math.max(max, to);
        else {
          others.push(this.#prepend(this.repeat(of, min, max), tail));
          [min, max] = [from, to];
        }
      others.push(this.#prepend(this.repeat(of, min, max), tail));
    }
    return others;
  }

  #orOf(members: readonly Regex[]): Regex {
    const list = ascending(this.#flat(kinds.or, members));
    const [only = this.nothing] = list;
    if (list.length === 1) return only;
    const own = new Set(list);
    if (list.some((r) => this.kind[r] === kinds.not && own.has(this.first[r] ?? -1))) return this.anything;
    // ε beside what is nullable adds nothing.
    if (own.has(this.empty) && list.some((r) => r !== this.empty && this.isNullable(r)))
      return this.#orOf(list.filter((r) => r !== this.empty));
    if (own.has(this.empty) && list.length === 2) {
      const counted = list.find((r) => this.kind[r] === kinds.repeat && this.second[r] === 1);
      if (counted !== undefined) return this.repeat(this.first[counted] ?? counted, 0, this.third[counted]);
    }
    return this.intern(`o${list.join()}`, kinds.or, { parts: list, nullable: list.some((r) => this.isNullable(r)) });
  }
}
