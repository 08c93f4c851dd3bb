import { encodeText, parsePattern } from "../pattern/index.ts";
import type { RegexArena } from "../regex/index.ts";
import { GrammarText } from "../rules/grammar-text.ts";
import { commonTerminals } from "./common-terminals.ts";
import { readJson, readLiteral, readRegex } from "./lark-literals.ts";
import { isTerminalName, type LarkDefinitions, type LarkNode } from "./lark-node.ts";

/** Names of rules are in lower case, of terminals in upper case. What stands before `->` is no part of a name. */
const namePattern = /_?(?:[a-z](?:[_a-z0-9]|-(?!>))*|[A-Z](?:[_A-Z0-9]|-(?!>))*)/y;

/** Blanks and comments, and with them line breaks. */
const inlineSpace = /(?:[ \t]|(?:#|\/\/)[^\r\n]*)+/y;
const anySpace = /(?:[ \t\r\n]|(?:#|\/\/)[^\r\n]*)+/y;

/** Reads the text of a grammar in Lark's language as llguidance has it. */
export class LarkParser {
  readonly source: GrammarText;
  readonly #regexes: RegexArena;
  readonly #rules = new Map<string, LarkNode>();
  readonly #terminals = new Map<string, LarkNode>();
  readonly #ignored: LarkNode[] = [];

  constructor(text: unknown, regexes: RegexArena) {
    this.source = new GrammarText("lark", text);
    this.#regexes = regexes;
  }

  /** @throws GrammarError naming line and column; UnsupportedGrammarError for what is known and not supported */
  parse(): LarkDefinitions {
    const { source } = this;
    source.match(anySpace);
    while (!source.isAtEnd) {
      if (source.startsWith("%")) this.#statement();
      else this.#definition();
      source.match(inlineSpace);
      if (!source.isAtEnd && source.match(anySpace) === null)
        throw source.expected("a part of the definition, or a line break");
    }
    return { rules: this.#rules, terminals: this.#terminals, ignored: this.#ignored };
  }

  #statement(): void {
    const { source } = this;
    const { at } = source;
    const word = source.match(/%[A-Za-z_]*/y) ?? "%";
    source.match(inlineSpace);
    if (word === "%ignore") this.#ignored.push(this.#alternatives(inlineSpace));
    else if (word === "%import") this.#import(at);
    else if (word !== "%llguidance" || source.match(/\{\s*\}/y) === null)
      throw source.unsupported(word, `has ${word}; write %ignore, %import common.X, rules and terminals`, at);
  }

  /** `%import common.X`, `%import common.X -> Y` or `%import common (X, Y)`. */
  #import(at: number): void {
    const { source } = this;
    const module = source.match(/\.?[A-Za-z_][A-Za-z_.]*?(?=\.[A-Z_]+(?![\w.])|[ \t]*\()/y);
    if (module !== "common")
      throw source.unsupported(
        "%import",
        "imports from elsewhere than common; write the definitions into the grammar",
        at,
      );
    if (source.skip(".")) {
      const name = this.#name();
      source.match(inlineSpace);
      if (source.skip("->")) source.match(inlineSpace);
      const alias = source.match(namePattern) ?? name;
      this.#define(alias, this.#common(name, at), at);
      return;
    }
    source.match(inlineSpace);
    source.expect("(");
    do {
      source.match(anySpace);
      const name = this.#name();
      this.#define(name, this.#common(name, at), at);
      source.match(anySpace);
    } while (source.skip(","));
    source.expect(")");
  }

  #common(name: string, at: number): LarkNode {
    const pattern = Object.hasOwn(commonTerminals, name) ? commonTerminals[name] : undefined;
    if (pattern === undefined)
      throw this.source.problem(`common has no ${name}`, `there are ${Object.keys(commonTerminals).join(", ")}`, at);
    return { kind: "regex", regex: encodeText(this.#regexes, parsePattern(pattern)) };
  }

  #name(): string {
    const name = this.source.match(namePattern);
    if (name === null) throw this.source.expected("a name");
    return name;
  }

  /** `rule: …` or `TERMINAL: …` */
  #definition(): void {
    const { source } = this;
    const { at } = source;
    // How trees are built, which there are none of.
    source.match(/[!?]{1,2}/y);
    const name = this.#name();
    this.#refuseExtras(name);
    source.match(inlineSpace);
    source.expect(":");
    source.match(inlineSpace);
    this.#define(name, this.#alternatives(inlineSpace), at);
  }

  #define(name: string, body: LarkNode, at: number): void {
    const known = isTerminalName(name) ? this.#terminals : this.#rules;
    if (known.has(name)) throw this.source.problem(`${name} is defined twice`, "join both with |, or rename one", at);
    known.set(name, body);
  }

  /** What may stand between a name and its colon. `[capture]` changes no text. */
  #refuseExtras(name: string): void {
    const { source } = this;
    const { at } = source;
    if (source.startsWith("{"))
      throw source.unsupported("template", `has a template ${name}{…}; write one rule for each use`);
    if (source.startsWith("::"))
      throw source.unsupported("parametric rule", `has a parametric rule ${name}::_; write one rule for each value`);
    if (source.match(/\.-?[0-9]+/y) !== null)
      throw source.unsupported(
        "priority",
        `gives ${name} a priority, but every reading of a text counts; remove it`,
        at,
      );
    if (!source.skip("[")) return;
    do {
      source.match(anySpace);
      const option = source.match(/[a-z_]+/y) ?? source.character;
      if (option !== "capture")
        throw source.unsupported(
          option,
          `gives ${name} the option ${option}; only capture is read, which changes no text`,
          at,
        );
      source.match(/[ \t]*=[ \t]*"[^"\r\n]*"/y);
      source.match(anySpace);
    } while (source.skip(","));
    source.expect("]");
  }

  /** @param space what may lie between parts: within parentheses also line breaks */
  #alternatives(space: RegExp): LarkNode {
    const { source } = this;
    const options = [this.#conjunction(space)];
    for (;;) {
      const { at } = source;
      // A line that begins with | goes on with the definition.
      source.match(anySpace);
      if (!source.skip("|")) {
        source.at = at;
        return options.length === 1 && options[0] ? options[0] : { kind: "choice", parts: options };
      }
      source.match(anySpace);
      options.push(this.#conjunction(space));
    }
  }

  #conjunction(space: RegExp): LarkNode {
    const { source } = this;
    const { at } = source;
    const parts = [this.#sequence(space)];
    while (source.skip("&")) {
      source.match(space);
      parts.push(this.#sequence(space));
    }
    // The name that a tree would get here.
    if (source.skip("->")) {
      source.match(space);
      this.#name();
      source.match(space);
    }
    return parts.length === 1 && parts[0] ? parts[0] : { kind: "and", parts, at };
  }

  #sequence(space: RegExp): LarkNode {
    const { source } = this;
    const parts: LarkNode[] = [];
    for (;;) {
      const atom = this.#atom(space);
      if (atom === null) return parts.length === 1 && parts[0] ? parts[0] : { kind: "sequence", parts };
      source.match(space);
      parts.push(this.#repeated(atom, space));
    }
  }

  /** One atom; null where the sequence ends. */
  #atom(space: RegExp): LarkNode | null {
    const { source } = this;
    const { at } = source;
    if (source.skip("~")) {
      source.match(space);
      const part = this.#atom(space);
      if (part === null) throw source.expected("what must not be");
      return { kind: "not", part, at };
    }
    if (source.startsWith("(") || source.startsWith("[")) return this.#group();
    const regex = readLiteral(source, this.#regexes) ?? readRegex(source, this.#regexes);
    if (regex !== null) return { kind: "regex", regex };
    if (source.skip("%json")) {
      source.match(anySpace);
      return { kind: "json", schema: readJson(source), at };
    }
    this.#refuseAtom();
    const name = source.match(namePattern);
    if (name === null) return null;
    if (source.startsWith("::")) this.#refuseExtras(name);
    if (source.startsWith("{") && source.text.slice(source.at).search(/^\{\s*[0-9,]/) < 0) this.#refuseExtras(name);
    return { kind: "name", name, at };
  }

  /** `(…)`, or `[…]` which may be left out. */
  #group(): LarkNode {
    const { source } = this;
    return source.nested((): LarkNode => {
      const isOptional = source.startsWith("[");
      source.at++;
      source.match(anySpace);
      const part = this.#alternatives(anySpace);
      source.match(anySpace);
      source.expect(isOptional ? "]" : ")");
      return isOptional ? { kind: "repeat", part, min: 0, max: 1 } : part;
    });
  }

  #refuseAtom(): void {
    const { source } = this;
    const { at } = source;
    const token = source.match(/<[^<>\s]+>/y);
    if (token !== null)
      throw source.unsupported(
        "<token>",
        `has the token ${token}; a constrained text is made of characters, and special tokens are never part of it: write the grammar without it`,
        at,
      );
    const word = source.match(/[%@][A-Za-z0-9_-]+/y);
    if (word !== null)
      throw source.unsupported(
        word.startsWith("@") ? "@grammar" : word,
        `has ${word}; write out what it stands for`,
        at,
      );
    if (/^[*+?]/.test(source.character)) throw source.expected(`something before the ${source.character} to repeat`);
  }

  /** `?`, `*`, `+`, `~ n`, `~ m..n`, `{n}`, `{m,}`, `{,n}` or `{m,n}` behind an atom. */
  #repeated(part: LarkNode, space: RegExp): LarkNode {
    const { source } = this;
    const { at } = source;
    const counts = this.#counts();
    if (counts === null) return part;
    const { min, max } = counts;
    if (max < min) throw source.problem(`at least ${min} and at most ${max} times is asked for`, "exchange them", at);
    source.match(space);
    return { kind: "repeat", part, min, max };
  }

  #counts(): { readonly min: number; readonly max: number } | null {
    const { source } = this;
    if (source.skip("?")) return { min: 0, max: 1 };
    if (source.skip("*")) return { min: 0, max: Infinity };
    if (source.skip("+")) return { min: 1, max: Infinity };
    const [, from, , to] = /^~[ \t]*([0-9]+)(?:[ \t]*(\.\.)[ \t]*([0-9]+))?/.exec(this.#rest()) ?? [];
    if (from !== undefined) {
      source.match(/~[ \t]*[0-9]+(?:[ \t]*\.\.[ \t]*[0-9]+)?/y);
      return { min: this.#count(from), max: this.#count(to ?? from) };
    }
    if (!source.startsWith("{")) return null;
    const braces = source.match(/\{[ \t]*[0-9]*[ \t]*,?[ \t]*[0-9]*[ \t]*\}/y);
    if (braces === null) throw source.expected("counts such as {2}, {2,}, {,3} or {2,3}");
    const [min = "", max] = braces.slice(1, -1).replaceAll(/[ \t]/g, "").split(",");
    if (min === "" && (max ?? "") === "")
      throw source.problem("the braces have no count", "write {2}, {2,}, {,3} or {2,3}");
    const least = this.#count(min === "" ? "0" : min);
    return { min: least, max: max === undefined ? least : max === "" ? Infinity : this.#count(max) };
  }

  /** The text from here on, as far as counts reach. */
  #rest(): string {
    return this.source.text.slice(this.source.at, this.source.at + 1000);
  }

  #count(digits: string): number {
    const value = Number(digits);
    if (!Number.isSafeInteger(value)) throw this.source.expected("a count below 2^53");
    return value;
  }
}
