import { GrammarError, GrammarLimitError, UnsupportedGrammarError } from "../../errors.ts";

/** Groups in groups; deeper ones would use up the stack. */
const deepestNesting = 400;

/** Characters of a text. Grammars made of large schemas have some hundred thousand. */
const mostCharacters = 2 ** 21;

/** A text of a grammar that is read from left to right; errors name the line and the column. */
export class GrammarText {
  readonly text: string;
  readonly #kind: string;
  #depth = 0;
  /** Where reading goes on, in UTF-16 units. */
  at = 0;

  /** @param kind of the grammar, as errors call it. @throws GrammarError for what is not a text */
  constructor(kind: string, text: unknown) {
    this.#kind = kind;
    if (typeof text !== "string") {
      throw new GrammarError(kind, `is ${text === null ? "null" : typeof text}, expected the text of a grammar`, {
        given: text,
      });
    }
    if (text.length > mostCharacters)
      throw new GrammarLimitError(
        kind,
        `has ${text.length} characters, at most ${mostCharacters} are read; shorten it`,
        {
          limit: mostCharacters,
        },
      );
    this.text = text;
    const lone = /\p{Surrogate}/u.exec(text);
    if (lone) throw this.expected("text without lone surrogates", lone.index);
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The character at the place, "" at the end. */
  get character(): string {
    const codePoint = this.text.codePointAt(this.at);
    return codePoint === undefined ? "" : String.fromCodePoint(codePoint);
  }

  startsWith(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }

  /** Goes past `text` if it is next. */
  skip(text: string): boolean {
    if (!this.startsWith(text)) return false;
    this.at += text.length;
    return true;
  }

  /** Goes past `text`. @throws GrammarError if it is not next */
  expect(text: string): void {
    if (!this.skip(text)) throw this.expected(JSON.stringify(text));
  }

  /** Goes past what a sticky pattern matches here; null if it does not. */
  match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return null;
    this.at += found.length;
    return found;
  }

  /** Reads what lies a level deeper. @throws GrammarLimitError beyond the deepest level */
  nested<Value>(read: () => Value): Value {
    if (++this.#depth > deepestNesting)
      throw new GrammarLimitError(
        this.#subject(this.at),
        `has more than ${deepestNesting} groups in groups; give inner ones a rule of their own`,
        { limit: deepestNesting },
      );
    const value = read();
    this.#depth--;
    return value;
  }

  /** An error at a place: what is there beside what was expected. */
  expected(expected: string, at = this.at): GrammarError {
    const rest = this.text.slice(at).split("\n", 1)[0] ?? "";
    const given = at >= this.text.length ? "the end" : JSON.stringify(rest === "" ? "\n" : clipped(rest));
    return new GrammarError(this.#subject(at), `is ${given}, expected ${expected}`, { ...this.#place(at), expected });
  }

  /** What is wrong at a place, with its mend. */
  problem(problem: string, mend: string, at = this.at): GrammarError {
    return new GrammarError(this.#subject(at), `${problem}; ${mend}`, this.#place(at));
  }

  /** A construct that is known and not supported. */
  unsupported(construct: string, reason: string, at = this.at): UnsupportedGrammarError {
    return new UnsupportedGrammarError({ keyword: construct, pointer: this.#subject(at), message: reason });
  }

  #subject(at: number): string {
    const { line, column } = this.#place(at);
    return `${this.#kind}, line ${line}, column ${column}`;
  }

  /** Line and column from 1, in characters. */
  #place(at: number): { readonly line: number; readonly column: number } {
    const before = this.text.slice(0, at);
    const lineStart = before.lastIndexOf("\n") + 1;
    return { line: before.split("\n").length, column: [...before.slice(lineStart)].length + 1 };
  }
}

const clipped = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
