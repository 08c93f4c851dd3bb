import { GrammarLimitError } from "../../errors.ts";
import { ByteClasses } from "./byte-classes.ts";
import { Int32Column } from "./int32-column.ts";
import { kinds, type Regex } from "./regex-columns.ts";
import { RegexNodes } from "./regex-nodes.ts";
import { utf8Ranges } from "./utf8-ranges.ts";

/** `of` from `min` to `max` times, then `tail`. */
export interface CountedLoop {
  readonly of: Regex;
  readonly min: number;
  readonly max: number;
  readonly tail: Regex;
  /** `of` any number of times, then `tail`. */
  readonly unlimited: Regex;
}

const encoder = new TextEncoder();

/** No byte goes on. */
const NONE = -2;

/** States that are looked at to find whether some text is matched, beyond which a pattern is refused. */
const MOST_TRIED = 10_000;

/**
 * Regular expressions as lazy automata: a node is a state, and its derivative by a byte the state behind that byte. States
 * are shared by all that is built in the arena.
 *
 * @example
 * const regexes = new RegexArena();
 * const word = regexes.repeat(regexes.characters([[0x61, 0x7a]]), 1); // [a-z]+
 * console.log(regexes.matches(word, "abc")); // true
 * console.log(regexes.matches(word, "a1")); // false
 */
export class RegexArena extends RegexNodes {
  readonly #classes = new ByteClasses(this.sets);
  /** Of each node: where the states behind its byte classes begin in `#next`; −1 while unknown. */
  readonly #start = new Int32Column(-1);
  /** Of each node: its partition of the bytes into classes. */
  readonly #classOf = new Int32Column(0);
  readonly #next = new Int32Column(0);
  #nextCount = 0;
  /** Of each node: the only byte that goes on, −1 for several, −2 for none. */
  readonly #only = new Int32Column(-2);
  /** Of nodes with ∧ or ¬: whether they match no text. */
  readonly #isEmpty = new Map<Regex, boolean>();

  /** One character of these code points, as UTF-8; surrogates are left out. */
  characters(ranges: readonly (readonly [from: number, to: number])[]): Regex {
    const sequences = ranges.flatMap(([from, to]) => utf8Ranges(from, to));
    return this.or(...sequences.map((bytes) => this.concat(...bytes.map(([from, to]) => this.bytes(from, to)))));
  }

  /** This text alone, in UTF-8 where it is a string. */
  literal(text: string | Uint8Array): Regex {
    const bytes = typeof text === "string" ? encoder.encode(text) : text;
    this.budget.spend(bytes.length);
    return this.concat(...Array.from(bytes, (byte) => this.bytes(byte)));
  }

  matches(r: Regex, text: string | Uint8Array): boolean {
    const bytes = typeof text === "string" ? encoder.encode(text) : text;
    let state = r;
    for (const byte of bytes) {
      state = this.step(state, byte);
      if (state === this.nothing) return false;
    }
    return this.isNullable(state);
  }

  /** The state behind a byte: `nothing` where no text that is matched goes on so. */
  step(r: Regex, byte: number): Regex {
    const start = this.#start.values[r] ?? -1;
    if (start < 0) {
      this.#expand(r);
      return this.step(r, byte);
    }
    const classBase = (this.#classOf.values[r] as number) << 8;
    return this.#next.values[start + (this.#classes.table[classBase + byte] as number)] as number;
  }

  /** Some text with more bytes is matched. */
  hasNext(r: Regex): boolean {
    if (this.#start.get(r) < 0) this.#expand(r);
    return this.#only.get(r) !== NONE;
  }

  /** Adds the bytes that go on to a set of eight words. */
  addFirstBytes(r: Regex, to: Uint32Array): void {
    if (this.#start.get(r) < 0) this.#expand(r);
    const [classes, start] = [this.#classOf.get(r), this.#start.get(r)];
    const count = this.#classes.representatives(classes).length;
    for (let index = 0; index < count; index++)
      if (this.#next.get(start + index) !== this.nothing) this.#classes.addMembers(classes, index, to);
  }

  /** The only byte that any longer text goes on with; −1 where there are several, −2 where there is no longer text. */
  onlyByte(r: Regex): number {
    if (this.#start.get(r) < 0) this.#expand(r);
    return this.#only.get(r);
  }

  /**
   * The parts of a sequence that begins with a part to be repeated so often, where the first byte tells whether the part or
   * what follows it comes; null for all else, and where any number of times will do.
   */
  loopOf(r: Regex): CountedLoop | null {
    if (this.kind[r] !== kinds.concat || this.isBoolean[r]) return null;
    const [head, tail] = [this.first[r] ?? 0, this.second[r] ?? 0];
    if (this.kind[head] !== kinds.repeat) return null;
    const [of, min, max] = [this.first[head] ?? 0, this.second[head] ?? 0, this.third[head] ?? 0];
    if ((min === 0 && max === Infinity) || this.isNullable(of) || this.isNullable(tail)) return null;
    const [own, others] = [new Uint32Array(8), new Uint32Array(8)];
    this.addFirstBytes(of, own);
    this.addFirstBytes(tail, others);
    if (own.some((word, i) => (word & (others[i] ?? 0)) !== 0)) return null;
    return { of, min, max, tail, unlimited: this.concat(this.repeat(of, 0), tail) };
  }

  /**
   * It matches no text at all.
   *
   * @throws GrammarLimitError where that takes too many states to find out
   */
  isEmpty(r: Regex): boolean {
    if (!this.isBoolean[r]) return r === this.nothing;
    if (this.isNullable(r)) return false;
    const known = this.#isEmpty.get(r) ?? this.#isEmptyByParts(r);
    this.#isEmpty.set(r, known);
    return known;
  }

  /** Only what ∧ and ¬ match has to be searched for. */
  #isEmptyByParts(r: Regex): boolean {
    const first = this.first[r] ?? 0;
    switch (this.kind[r]) {
      case kinds.concat: {
        let rest = r;
        for (; this.kind[rest] === kinds.concat; rest = this.second[rest] ?? rest)
          if (this.isEmpty(this.first[rest] ?? 0)) return true;
        return this.isEmpty(rest);
      }
      case kinds.or:
        return (this.parts[r] ?? []).every((part) => this.isEmpty(part));
      case kinds.repeat:
        return this.isEmpty(first);
      default:
        return this.#search(r);
    }
  }

  /** Depth first for a state that accepts; what led there is not empty, and where there is none all that was seen is. */
  #search(start: Regex): boolean {
    const seen = new Set<Regex>([start]);
    const path = [{ node: start, next: this.#derivatives(start) }];
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const { value: node, done } = top.next.next();
      if (done) {
        path.pop();
        continue;
      }
      if (seen.has(node) || node === this.nothing || this.#isEmpty.get(node) === true) continue;
      if (!this.isBoolean[node] || this.isNullable(node) || this.#isEmpty.get(node) === false) {
        for (const one of path) this.#isEmpty.set(one.node, false);
        return false;
      }
      seen.add(node);
      if (seen.size > MOST_TRIED)
        throw new GrammarLimitError(
          "pattern",
          `is a combination of patterns for which more than ${MOST_TRIED} states were tried without a text that fits; simplify it or give it smaller counts`,
          { limit: MOST_TRIED },
        );
      path.push({ node, next: this.#derivatives(node) });
    }
    for (const node of seen) this.#isEmpty.set(node, true);
    return true;
  }

  /** The derivatives by one byte of each class, made one by one: the first often is enough. */
  *#derivatives(r: Regex): Generator<Regex, undefined> {
    const classes = this.#classes.of(this.#firstSets(r));
    for (const byte of this.#classes.representatives(classes)) yield this.#derivative(r, byte);
  }

  /** Finds the states behind a node, without those from which nothing is matched. */
  #expand(r: Regex): void {
    const classes = this.#classes.of(this.#firstSets(r));
    const next = this.#classes.representatives(classes).map((byte) => {
      const derivative = this.#derivative(r, byte);
      return this.isEmpty(derivative) ? this.nothing : derivative;
    });
    const alive = next.flatMap((state, index) => (state === this.nothing ? [] : [index]));
    const only = alive.length === 1 ? this.#classes.single(classes, alive[0] ?? 0) : -1;
    this.#only.set(r, alive.length === 0 ? NONE : only);
    this.#classOf.set(r, classes);
    this.#start.set(r, this.#nextCount);
    for (const state of next) this.#next.set(this.#nextCount++, state);
  }

  /** The sets of bytes that tell texts apart at their first byte. */
  #firstSets(r: Regex): Set<number> {
    const found = new Set<number>();
    const seen = new Set<Regex>();
    const open = [r];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      const [first, second] = [this.first[node] ?? 0, this.second[node] ?? 0];
      if (this.kind[node] === kinds.bytes) found.add(first);
      else if (this.kind[node] === kinds.not || this.kind[node] === kinds.repeat) open.push(first);
      else if (this.kind[node] === kinds.concat) {
        open.push(first);
        if (this.isNullable(first)) open.push(second);
      } else if (this.kind[node] === kinds.automaton) {
        open.push(...(this.automata[first]?.alternatives(second) ?? []));
      } else open.push(...(this.parts[node] ?? []));
    }
    return found;
  }

  /** The derivative of a part, which is a state too and keeps its derivatives, unless these are to be searched. */
  #behind(part: Regex, byte: number): Regex {
    return this.isBoolean[part] ? this.#derivative(part, byte) : this.step(part, byte);
  }

  /** Brzozowski's derivative: what is left behind the byte. */
  #derivative(r: Regex, byte: number): Regex {
    this.budget.spend(1);
    const [first, second] = [this.first[r] ?? 0, this.second[r] ?? 0];
    switch (this.kind[r]) {
      case kinds.bytes:
        return this.sets.has(first, byte) ? this.empty : this.nothing;
      case kinds.concat:
        return this.#derivativeOfSequence(r, byte);
      case kinds.or:
        return this.or(...(this.parts[r] ?? []).map((part) => this.#behind(part, byte)));
      case kinds.and:
        return this.and(...(this.parts[r] ?? []).map((part) => this.#behind(part, byte)));
      case kinds.not:
        return this.not(this.#behind(first, byte));
      case kinds.repeat:
        return this.concat(
          this.#behind(first, byte),
          this.repeat(first, Math.max(0, second - 1), (this.third[r] ?? 0) - 1),
        );
      case kinds.automaton: {
        const automaton = this.automata[first];
        const state = automaton?.step(second, byte) ?? -1;
        return automaton === undefined || state < 0 ? this.nothing : this.automaton(automaton, state);
      }
      default:
        return this.nothing;
    }
  }

  /** D(x·y) = D(x)·y, and D(y) beside it where x may be empty; in a loop, since sequences are long. */
  #derivativeOfSequence(r: Regex, byte: number): Regex {
    const found: Regex[] = [];
    let rest = r;
    while (this.kind[rest] === kinds.concat) {
      const [head, tail] = [this.first[rest] ?? 0, this.second[rest] ?? 0];
      found.push(this.concat(this.#behind(head, byte), tail));
      if (!this.isNullable(head)) return found.length === 1 ? (found[0] ?? this.nothing) : this.or(...found);
      rest = tail;
    }
    return this.or(...found, this.#behind(rest, byte));
  }
}
