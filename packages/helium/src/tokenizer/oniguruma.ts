/**
 * The patterns of a tokenizer.json are written for Oniguruma (Ruby syntax); this translates them to JavaScript's `v`
 * flag. Differences that matter: `\s \w \d` are Unicode classes, `.` and `[^…]` cross line ends other than `\n`
 * alike, `^ $` are line anchors, `(?i:…)` may stand inside, `x?+ x*+ x++ (?>…)` do not give back what they took.
 * What has no exact counterpart is refused.
 * Source: the Oniguruma document "Regular Expressions" (RE), sections 3 to 8.
 */
import { isHighSurrogate } from "./aligned-text.ts";

/** A construct without an exact counterpart in JavaScript, or a malformed pattern. */
export class PatternSyntaxError extends Error {}

const word = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}";

/** Class escapes as members of a character class. */
const classMembers: ReadonlyMap<string, string> = new Map([
  ["s", "\\p{White_Space}"],
  ["S", "\\P{White_Space}"],
  ["d", "\\p{Nd}"],
  ["D", "\\P{Nd}"],
  ["w", word],
  ["W", `[^${word}]`],
  ["h", "0-9a-fA-F"],
  ["H", "[^0-9a-fA-F]"],
]);

const controlEscapes: ReadonlyMap<string, string> = new Map([
  ["t", "\\t"],
  ["n", "\\n"],
  ["r", "\\r"],
  ["f", "\\f"],
  ["v", "\\v"],
  ["a", "\\x07"],
  ["e", "\\x1b"],
]);

const anchors: ReadonlyMap<string, string> = new Map([
  ["A", "(?<![^])"],
  ["z", "(?![^])"],
  ["Z", "(?=\\n?(?![^]))"],
  ["b", `(?:(?<=[${word}])(?![${word}])|(?<![${word}])(?=[${word}]))`],
  ["B", `(?:(?<=[${word}])(?=[${word}])|(?<![${word}])(?![${word}]))`],
]);

const posixClasses: ReadonlyMap<string, string> = new Map([
  ["alnum", "\\p{Alphabetic}\\p{M}\\p{Nd}"],
  ["alpha", "\\p{Alphabetic}"],
  ["blank", "\\p{Zs}\\t"],
  ["cntrl", "\\p{Cc}"],
  ["digit", "\\p{Nd}"],
  ["lower", "\\p{Lowercase}"],
  ["space", "\\p{White_Space}"],
  ["upper", "\\p{Uppercase}"],
  ["word", word],
  ["xdigit", "0-9a-fA-F"],
]);

/** A literal character, escaped so that it stands for itself inside and outside a class. */
const literal = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  return /[0-9A-Za-z]/.test(character) || code > 0x7f ? character : `\\x${code.toString(16).padStart(2, "0")}`;
};

const isLetter = /^\p{L}$/u;

/** `character` and all that Unicode's simple case folding makes equal to it. */
const caseVariants = (character: string): string[] => {
  const variants = new Set([character, character.toLowerCase(), character.toUpperCase()]);
  if (/^s$/i.test(character)) variants.add("ſ");
  if (/^k$/i.test(character)) variants.add("\u212a");
  return [...variants].filter((variant) => [...variant].length === 1);
};

const propertyNames = (name: string): string[] => [name, `Script=${name}`];

const compiles = (source: string): boolean => {
  try {
    new RegExp(source, "v");
    return true;
  } catch {
    return false;
  }
};

class Translator {
  readonly #pattern: string;
  #at = 0;
  #atomicGroups = 0;
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
    let source = "";
    while (this.#at < this.#pattern.length && !this.#peek(")")) {
      source += this.#take("|") ? "|" : this.#quantified();
    }
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
    return `[${caseVariants(character).map(literal).join("")}]`;
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
    const members = classMembers.get(character);
    if (members !== undefined) return `[${members}]`;
    const anchor = anchors.get(character);
    if (anchor !== undefined) return anchor;
    if (character === "p" || character === "P") return this.#property(character);
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

  #property(kind: string): string {
    const match = /^\{(\^?)([\w ]+)\}/.exec(this.#pattern.slice(this.#at, this.#at + 64));
    if (match === null) throw this.#refuse(`\\${kind}`);
    this.#at += match[0].length;
    const letter = (kind === "P") !== (match[1] === "^") ? "P" : "p";
    const posix = posixClasses.get((match[2] ?? "").toLowerCase());
    if (posix !== undefined) return letter === "P" ? `[^${posix}]` : `[${posix}]`;
    for (const name of propertyNames(match[2] ?? "")) {
      if (compiles(`\\${letter}{${name}}`)) return `\\${letter}{${name}}`;
    }
    throw this.#refuse(match[0]);
  }

  #characterClass(): string {
    let source = this.#take("^") ? "[^" : "[";
    let isFirst = true;
    while (isFirst || !this.#take("]")) {
      if (this.#peek("&&")) throw this.#refuse("&&");
      source += this.#classItem();
      isFirst = false;
    }
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
    if (this.#ignoreCase) throw this.#refuse("a range under (?i)");
    return `${first.source}-${last.source}`;
  }

  #classCase(atom: { source: string; isSet: boolean }): string {
    if (atom.isSet || !this.#ignoreCase || !isLetter.test(atom.source)) return atom.source;
    return caseVariants(atom.source).map(literal).join("");
  }

  #classAtom(): { source: string; isSet: boolean } {
    if (!this.#take("\\")) return { source: literal(this.#next()), isSet: false };
    const character = this.#next();
    const members = classMembers.get(character);
    if (members !== undefined) return { source: members, isSet: true };
    if (character === "p" || character === "P") return { source: this.#property(character), isSet: true };
    if (character === "b") return { source: "\\x08", isSet: false };
    return { source: this.#escapedLiteral(character), isSet: false };
  }
}

/**
 * The JavaScript form of an Oniguruma pattern, with the flags `v` and `g`. Throws a `PatternSyntaxError` for a
 * malformed pattern and for a construct without an exact counterpart (back-references, `&&`, `\X`, `\G`, …).
 */
export const translateOniguruma = (pattern: string): RegExp => {
  const source = new Translator(pattern).translate();
  try {
    return new RegExp(source, "gv");
  } catch (cause) {
    throw new PatternSyntaxError("is not a valid regular expression", { cause });
  }
};

/**
 * All matches from left to right as pairs `[start, end)`. As in Oniguruma's search loop an empty match directly after
 * the previous match is dropped.
 */
export const findAll = (expression: RegExp, text: string): [number, number][] => {
  const found: [number, number][] = [];
  let lastEnd = -1;
  expression.lastIndex = 0;
  for (let match = expression.exec(text); match !== null; match = expression.exec(text)) {
    const [start, end] = [match.index, match.index + match[0].length];
    if (end === start) {
      expression.lastIndex = isHighSurrogate(text.charCodeAt(end)) ? end + 2 : end + 1;
      if (end === lastEnd) continue;
    }
    found.push([start, end]);
    lastEnd = end;
  }
  return found;
};
