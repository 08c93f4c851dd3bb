import type { CodePointSet } from "./code-point-set.ts";
import { closedOverCase } from "./case-folding.ts";
import { malformedPattern, unsupportedPattern } from "./pattern-errors.ts";

export interface PatternFlags {
  /** `i`: upper and lower case are one. */
  readonly ignoreCase: boolean;
  /** `s`: `.` matches line terminators too. */
  readonly dotAll: boolean;
  /** `m`: `^` and `$` hold at lines too. */
  readonly multiline: boolean;
  /** `v`: sets within classes. */
  readonly unicodeSets: boolean;
}

/** A place in the source of a pattern, with the flags that hold there. */
export class PatternReader {
  readonly source: string;
  readonly #characters: readonly string[];
  #at = 0;
  flags: PatternFlags;

  constructor(source: string, flags: PatternFlags) {
    this.source = source;
    this.#characters = Array.from(source);
    this.flags = flags;
  }

  get atEnd(): boolean {
    return this.#at >= this.#characters.length;
  }

  /** The character here, or `offset` characters on; empty past the end. */
  peek(offset = 0): string {
    return this.#characters[this.#at + offset] ?? "";
  }

  /** Whether the source goes on with these characters (none of them beyond U+FFFF). */
  startsWith(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.peek(i) !== text[i]) return false;
    return true;
  }

  next(): string {
    const character = this.peek();
    this.#at++;
    return character;
  }

  skip(count: number): void {
    this.#at += count;
  }

  /** Goes past `text` if it comes next. */
  take(text: string): boolean {
    if (!this.startsWith(text)) return false;
    this.#at += text.length;
    return true;
  }

  /** Goes past what `pattern` (sticky) matches here, where nothing but ASCII can match. */
  takeMatch(pattern: RegExp): RegExpExecArray | undefined {
    let rest = "";
    for (let i = 0; i < 400 && this.peek(i) !== "" && this.peek(i) <= "\x7f"; i++) rest += this.peek(i);
    const match = pattern.exec(rest);
    if (match === null || match.index !== 0) return undefined;
    this.#at += match[0].length;
    return match;
  }

  /** The set as the flag `i` widens it. */
  cased(set: CodePointSet): CodePointSet {
    return this.flags.ignoreCase ? closedOverCase(set) : set;
  }

  fail(expected: string): never {
    throw malformedPattern(this.source, this.#at, this.peek(), expected);
  }

  refuse(construct: string, mend: string): never {
    throw unsupportedPattern(this.source, construct, mend);
  }
}
