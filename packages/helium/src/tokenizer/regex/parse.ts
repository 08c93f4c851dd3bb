/**
 * Reads the patterns of a tokenizer.json, which are written for Oniguruma (Ruby syntax): `\s \w \d` are Unicode classes,
 * `.` and `[^…]` cross line ends other than `\n` alike, `^ $` are line anchors, `(?i:…)` may stand inside,
 * `x?+ x*+ x++ (?>…)` do not give back what they took. What has no exact counterpart is refused.
 * Source: the Oniguruma document "Regular Expressions" (RE), sections 3 to 8.
 */
import { atomic } from "./atomic.ts";
import { ahead, any, behind, choice, PatternSyntaxError, sequence, setOf } from "./node.ts";
import type { RegexNode } from "./node.ts";
import {
  bareWord,
  bareClasses,
  bareProperties,
  caseVariants,
  classMembers,
  controlEscapes,
  foldedPair,
  isLetter,
  posixClasses,
  properties,
} from "./oniguruma-classes.ts";

/** No real pattern is longer or nests deeper; a hostile one must not exhaust the stack. */
const maxLength = 10_000;
const maxDepth = 100;

/** A literal character, escaped so that it stands for itself inside and outside a class. */
const literal = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  return /[0-9A-Za-z]/.test(character) || code > 0x7f ? character : `\\x${code.toString(16).padStart(2, "0")}`;
};

const characterSet = (character: string): RegexNode => ({
  kind: "set",
  set: { codePoint: character.codePointAt(0) ?? 0 },
});

/** The flag `u` has no properties of strings. */
const compiles = (source: string): boolean => {
  try {
    new RegExp(source, "u");
    return true;
  } catch {
    return false;
  }
};

const newline = setOf("\\n");
const atStart = behind(any, true);
const atEnd = ahead(any, true);
const word = setOf(`[${bareWord}]`);

/** Escapes that match a place. */
const anchors: ReadonlyMap<string, RegexNode> = new Map([
  ["A", atStart],
  ["z", atEnd],
  ["Z", ahead(sequence({ kind: "repeat", body: newline, min: 0, max: 1, isGreedy: true }, atEnd))],
  ["b", choice(sequence(behind(word), ahead(word, true)), sequence(behind(word, true), ahead(word)))],
  ["B", choice(sequence(behind(word), ahead(word)), sequence(behind(word, true), ahead(word, true)))],
]);

const lineStart = choice(atStart, sequence(behind(newline), ahead(any)));
const lineEnd = choice(ahead(newline), atEnd);

/** A member of a character class: a literal character or a set. */
type ClassAtom = { readonly source: string; readonly isSet: boolean };

class Parser {
  readonly #pattern: string;
  #at = 0;
  #depth = 0;
  #ignoreCase = false;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  parse(): RegexNode {
    const node = this.#alternatives();
    if (this.#at < this.#pattern.length) throw this.#refuse("an unmatched )");
    return node;
  }

  #refuse(what: string): PatternSyntaxError {
    return new PatternSyntaxError(`holds ${what} at position ${this.#at}, which is not supported`);
  }

  #peek(text: string): boolean {
    return this.#pattern.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#peek(text)) return false;
    this.#at += text.length;
    return true;
  }

  #next(): string {
    const code = this.#pattern.codePointAt(this.#at);
    if (code === undefined) throw this.#refuse("an unexpected end");
    const character = String.fromCodePoint(code);
    this.#at += character.length;
    return character;
  }

  /** Everything up to the closing parenthesis or the end. */
  #alternatives(): RegexNode {
    if (++this.#depth > maxDepth) throw this.#refuse("deeply nested groups");
    const options: RegexNode[][] = [[]];
    while (this.#at < this.#pattern.length && !this.#peek(")")) {
      if (this.#take("|")) options.push([]);
      else options.at(-1)?.push(this.#quantified());
    }
    this.#depth--;
    return choice(...options.map((parts) => sequence(...parts)));
  }

  #quantified(): RegexNode {
    let node = this.#atom();
    for (let depth = 0; ; depth++) {
      const quantifier = this.#quantifier();
      if (quantifier === null) return node;
      if (depth > maxDepth) throw this.#refuse("deeply nested quantifiers");
      const { min, max, isInterval } = quantifier;
      const repeat = (isGreedy: boolean): RegexNode => ({ kind: "repeat", body: node, min, max, isGreedy });
      if (!isInterval && this.#take("+")) {
        node = atomic(repeat(true));
      } else if (this.#take("?")) {
        if (isInterval && min === max) throw this.#refuse("{n}?");
        node = repeat(false);
      } else {
        node = repeat(true);
      }
    }
  }

  #quantifier(): { readonly min: number; readonly max: number; readonly isInterval: boolean } | null {
    if (this.#take("*")) return { min: 0, max: Infinity, isInterval: false };
    if (this.#take("+")) return { min: 1, max: Infinity, isInterval: false };
    if (this.#take("?")) return { min: 0, max: 1, isInterval: false };
    const interval = /^\{(\d*)(,?)(\d*)\}/.exec(this.#pattern.slice(this.#at, this.#at + 24));
    if (interval === null || (interval[1] === "" && interval[3] === "")) return null;
    this.#at += interval[0].length;
    const min = Number(interval[1]);
    const max = interval[3] !== "" ? Number(interval[3]) : interval[2] === "," ? Infinity : min;
    if (max < min) throw this.#refuse("an interval with its ends swapped");
    return { min, max, isInterval: true };
  }

  #atom(): RegexNode {
    if (this.#take("(")) return this.#group();
    if (this.#take("[")) return setOf(this.#characterClass());
    if (this.#take(".")) return setOf("[^\\n]");
    if (this.#take("^")) return lineStart;
    if (this.#take("$")) return lineEnd;
    if (this.#take("\\")) return this.#escape();
    if (this.#peek("*") || this.#peek("+") || this.#peek("?")) throw this.#refuse("a quantifier without an atom");
    return this.#character(this.#next());
  }

  #character(character: string): RegexNode {
    if (!this.#ignoreCase || !isLetter.test(character)) return characterSet(character);
    if (foldedPair.test(this.#pattern.slice(this.#at - 2, this.#at))) throw this.#refuse("a folded pair under (?i)");
    return setOf(`[${this.#caseRange(character, character)}]`);
  }

  #group(): RegexNode {
    const outerCase = this.#ignoreCase;
    if (this.#take("?=")) return ahead(this.#closed(outerCase));
    if (this.#take("?!")) return ahead(this.#closed(outerCase), true);
    if (this.#take("?<=")) return behind(this.#closed(outerCase));
    if (this.#take("?<!")) return behind(this.#closed(outerCase), true);
    if (this.#take("?:")) return this.#closed(outerCase);
    if (this.#take("?>")) return atomic(this.#closed(outerCase));
    const flag = ["?i", "?-i"].find((prefix) => this.#take(prefix));
    if (flag !== undefined) {
      this.#ignoreCase = flag === "?i";
      if (this.#take(":")) return this.#closed(outerCase);
      if (!this.#take(")")) throw this.#refuse("an option other than i");
      // `(?i)` holds to the end of the enclosing group, whose `#closed` restores the option; `|` stays inside.
      return this.#alternatives();
    }
    if (this.#take("?")) {
      const name = /^<\w+>/.exec(this.#pattern.slice(this.#at));
      if (name === null) throw this.#refuse("an unknown kind of group");
      this.#at += name[0].length;
    }
    return this.#closed(outerCase);
  }

  #closed(outerCase: boolean): RegexNode {
    const body = this.#alternatives();
    if (!this.#take(")")) throw this.#refuse("an unclosed (");
    this.#ignoreCase = outerCase;
    return body;
  }

  #escape(): RegexNode {
    const character = this.#next();
    const members = bareClasses.get(character) ?? classMembers.get(character);
    if (members !== undefined) return setOf(`[${members}]`);
    const anchor = anchors.get(character);
    if (anchor !== undefined) return anchor;
    if (character === "p" || character === "P") return setOf(this.#property(character, bareProperties));
    return characterSet(this.#escapedCharacter(character));
  }

  #escapedCharacter(character: string): string {
    const control = controlEscapes.get(character);
    if (control !== undefined) return control;
    if (character === "u" || character === "x") return this.#codePoint(character);
    if (/[0-9A-Za-z]/.test(character)) throw this.#refuse(`\\${character}`);
    return character;
  }

  #codePoint(kind: string): string {
    const form = kind === "u" ? /^([0-9A-Fa-f]{4})/ : /^(?:\{([0-9A-Fa-f]{1,8})\}|([0-9A-Fa-f]{1,2}))/;
    const match = form.exec(this.#pattern.slice(this.#at, this.#at + 12));
    const code = Number.parseInt(match?.[1] ?? match?.[2] ?? "", 16);
    if (match === null || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) throw this.#refuse(`\\${kind}`);
    this.#at += match[0].length;
    return String.fromCodePoint(code);
  }

  #property(kind: string, named: ReadonlyMap<string, string>): string {
    const match = /^\{(\^?)([\w ]+)\}/.exec(this.#pattern.slice(this.#at, this.#at + 64));
    if (match === null) throw this.#refuse(`\\${kind}`);
    this.#at += match[0].length;
    const letter = (kind === "P") !== (match[1] === "^") ? "P" : "p";
    const name = match[2] ?? "";
    const members = named.get(name.toLowerCase());
    if (members !== undefined) return letter === "P" ? `[^${members}]` : `[${members}]`;
    for (const property of [name, `Script=${name}`]) {
      if (compiles(`\\${letter}{${property}}`)) return `\\${letter}{${property}}`;
    }
    throw this.#refuse(match[0]);
  }

  #characterClass(): string {
    if (++this.#depth > maxDepth) throw this.#refuse("deeply nested classes");
    let source = this.#take("^") ? "[^" : "[";
    let isFirst = true;
    while (isFirst || !this.#take("]")) {
      if (this.#peek("&&")) throw this.#refuse("&&");
      source += this.#classItem();
      isFirst = false;
    }
    this.#depth--;
    return `${source}]`;
  }

  #classItem(): string {
    const posix = /^\[:(\^?)(\w+):\]/.exec(this.#pattern.slice(this.#at, this.#at + 16));
    if (posix !== null) {
      const members = posixClasses.get(posix[2] ?? "");
      if (members === undefined) throw this.#refuse(posix[0]);
      this.#at += posix[0].length;
      return posix[1] === "^" ? `[^${members}]` : members;
    }
    if (this.#take("[")) return this.#characterClass();
    const first = this.#classAtom();
    if (first.isSet || !this.#peek("-") || this.#pattern[this.#at + 1] === "]") return this.#classCase(first);
    this.#at++;
    const last = this.#classAtom();
    if (last.isSet) return `${this.#classCase(first)}\\x2d${last.source}`;
    return this.#classCase(first, last);
  }

  #classCase(first: ClassAtom, last = first): string {
    const isCased = this.#ignoreCase && !first.isSet && (isLetter.test(first.source) || isLetter.test(last.source));
    if (isCased) return this.#caseRange(first.source, last.source);
    return first === last ? first.source : `${first.source}-${last.source}`;
  }

  /** The members of a class for a range of letters under `(?i)`. */
  #caseRange(first: string, last: string): string {
    const isSimple = /^(?:[a-z]{2}|[A-Z]{2})$/.test(first + last);
    if (!isSimple) throw this.#refuse("letters other than ASCII ranges of one case under (?i)");
    return caseVariants(first, last);
  }

  #classAtom(): ClassAtom {
    if (!this.#take("\\")) return { source: literal(this.#next()), isSet: false };
    const character = this.#next();
    const members = classMembers.get(character);
    if (members !== undefined) return { source: members, isSet: true };
    if (character === "p" || character === "P") return { source: this.#property(character, properties), isSet: true };
    if (character === "b") return { source: "\\x08", isSet: false };
    return { source: literal(this.#escapedCharacter(character)), isSet: false };
  }
}

/**
 * Reads an Oniguruma pattern. Throws a `PatternSyntaxError` for a malformed one and for a construct without an exact
 * counterpart (back-references, `&&`, `\X`, `\G`, …).
 */
export const parseOniguruma = (pattern: string): RegexNode => {
  if (pattern.length > maxLength) throw new PatternSyntaxError(`is longer than ${maxLength} characters`);
  return new Parser(pattern).parse();
};
