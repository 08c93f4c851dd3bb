/**
 * The patterns of a tokenizer.json are written for Oniguruma (Ruby syntax); this translates them to JavaScript's `v`
 * flag. Differences that matter: `\s \w \d` are Unicode classes, `.` and `[^…]` cross line ends other than `\n`
 * alike, `^ $` are line anchors, `(?i:…)` may stand inside, `x?+ x*+ x++ (?>…)` do not give back what they took.
 * What has no exact counterpart is refused.
 * Source: the Oniguruma document "Regular Expressions" (RE), sections 3 to 8.
 */
import {
  anchors,
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

/** A construct without an exact counterpart in JavaScript, or a malformed pattern. */
export class PatternSyntaxError extends Error {}

/** A literal character, escaped so that it stands for itself inside and outside a class. */
const literal = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  return /[0-9A-Za-z]/.test(character) || code > 0x7f ? character : `\\x${code.toString(16).padStart(2, "0")}`;
};

const compiles = (source: string): boolean => {
  try {
    new RegExp(source, "v");
    return true;
  } catch {
    return false;
  }
};

/** A member of a character class: a literal character or a set. */
interface ClassAtom {
  readonly source: string;
  readonly isSet: boolean;
}

class Translator {
  readonly #pattern: string;
  #at = 0;
  #atomicGroups = 0;
  #depth = 0;
  #ignoreCase = false;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  translate(): string {
    const source = this.#alternatives();
    if (this.#at < this.#pattern.length) throw this.#refuse("an unmatched )");
    return source;
  }

  #refuse(what: string): PatternSyntaxError {
    return new PatternSyntaxError(`holds ${what} at position ${this.#at}, which has no exact form here`);
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
  #alternatives(): string {
    if (++this.#depth > maxDepth) throw this.#refuse("deeply nested groups");
    let source = "";
    while (this.#at < this.#pattern.length && !this.#peek(")")) {
      source += this.#take("|") ? "|" : this.#quantified();
    }
    this.#depth--;
    return source;
  }

  #quantified(): string {
    let atom = this.#atom();
    for (;;) {
      const quantifier = this.#quantifier();
      if (quantifier === null) return atom;
      const isInterval = quantifier.startsWith("{");
      if (!isInterval && this.#take("+")) {
        atom = this.#atomic(`${atom}${quantifier}`);
      } else if (this.#take("?")) {
        if (isInterval && !quantifier.includes(",")) throw this.#refuse("{n}?");
        atom = `(?:${atom}${quantifier}?)`;
      } else {
        atom = `(?:${atom}${quantifier})`;
      }
    }
  }

  #quantifier(): string | null {
    for (const simple of ["*", "+", "?"]) if (this.#take(simple)) return simple;
    const interval = /^\{(\d*)(,?)(\d*)\}/.exec(this.#pattern.slice(this.#at, this.#at + 24));
    if (interval === null || (interval[1] === "" && interval[3] === "")) return null;
    this.#at += interval[0].length;
    return `{${interval[1] === "" ? "0" : interval[1]}${interval[2]}${interval[3]}}`;
  }

  /** A group that keeps its first match: JavaScript has it as a lookahead and a reference to what it saw. */
  #atomic(source: string): string {
    const name = `atomic${this.#atomicGroups++}`;
    return `(?:(?=(?<${name}>${source}))\\k<${name}>)`;
  }

  #atom(): string {
    if (this.#take("(")) return this.#group();
    if (this.#take("[")) return this.#characterClass();
    if (this.#take(".")) return "[^\\n]";
    if (this.#take("^")) return "(?:(?<![^])|(?<=\\n)(?=[^]))";
    if (this.#take("$")) return "(?=\\n|(?![^]))";
    if (this.#take("\\")) return this.#escape();
    if (this.#peek("*") || this.#peek("+") || this.#peek("?")) throw this.#refuse("a quantifier without an atom");
    return this.#character(this.#next());
  }

  #character(character: string): string {
    if (!this.#ignoreCase || !isLetter.test(character)) return literal(character);
    if (foldedPair.test(this.#pattern.slice(this.#at - 2, this.#at))) throw this.#refuse("a folded pair under (?i)");
    return `[${this.#caseRange(character, character)}]`;
  }

  #group(): string {
    const outerCase = this.#ignoreCase;
    const open = ["?=", "?!", "?<=", "?<!", "?:"].find((prefix) => this.#take(prefix));
    if (open !== undefined) return this.#closed((body) => `(${open}${body})`, outerCase);
    if (this.#take("?>")) return this.#closed((body) => this.#atomic(body), outerCase);
    const flag = ["?i", "?-i"].find((prefix) => this.#take(prefix));
    if (flag !== undefined) {
      this.#ignoreCase = flag === "?i";
      if (this.#take(":")) return this.#closed((body) => `(?:${body})`, outerCase);
      if (!this.#take(")")) throw this.#refuse("an option other than i");
      // `(?i)` holds to the end of the enclosing group, whose `#closed` restores the option; `|` stays inside.
      return `(?:${this.#alternatives()})`;
    }
    if (this.#take("?")) {
      const name = /^<\w+>/.exec(this.#pattern.slice(this.#at));
      if (name === null) throw this.#refuse("an unknown kind of group");
      this.#at += name[0].length;
    }
    return this.#closed((body) => `(?:${body})`, outerCase);
  }

  #closed(wrap: (body: string) => string, outerCase: boolean): string {
    const body = this.#alternatives();
    if (!this.#take(")")) throw this.#refuse("an unclosed (");
    this.#ignoreCase = outerCase;
    return wrap(body);
  }

  #escape(): string {
    const character = this.#next();
    const members = bareClasses.get(character) ?? classMembers.get(character);
    if (members !== undefined) return `[${members}]`;
    const anchor = anchors.get(character);
    if (anchor !== undefined) return anchor;
    if (character === "p" || character === "P") return this.#property(character, bareProperties);
    return this.#escapedLiteral(character);
  }

  #escapedLiteral(character: string): string {
    const control = controlEscapes.get(character);
    if (control !== undefined) return control;
    if (character === "u" || character === "x") return literal(this.#codePoint(character));
    if (/[0-9A-Za-z]/.test(character)) throw this.#refuse(`\\${character}`);
    return literal(character);
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
    return { source: this.#escapedLiteral(character), isSet: false };
  }
}

/**
 * The JavaScript form of an Oniguruma pattern, with the flags `v` and `g`. Throws a `PatternSyntaxError` for a
 * malformed pattern and for a construct without an exact counterpart (back-references, `&&`, `\X`, `\G`, …).
 */
export const translateOniguruma = (pattern: string): RegExp => {
  if (pattern.length > maxLength) throw new PatternSyntaxError(`is longer than ${maxLength} characters`);
  const source = new Translator(pattern).translate();
  try {
    return new RegExp(source, "gv");
  } catch (cause) {
    throw new PatternSyntaxError("is not a valid regular expression", { cause });
  }
};
