import { everyCodePoint } from "../pattern/code-point-set.ts";
import type { RegexArena } from "../regex/index.ts";
import { GrammarText } from "../rules/grammar-text.ts";
import { choiceNode, regexNode, repeatNode, sequenceNode, type RuleNode } from "../rules/rule-node.ts";
import { readCharacter, readClass } from "./gbnf-characters.ts";

/** A name: letters, digits and dashes, as llama.cpp has them, and the underscores that its guide allows too. */
const namePattern = /[A-Za-z0-9_-]+/y;

const integerPattern = /[0-9]+/y;

/** Spaces and comments, and with them line breaks. */
const inlineSpace = /(?:[ \t]|#[^\r\n]*)+/y;
const anySpace = /(?:[ \t\r\n]|#[^\r\n]*)+/y;

/**
 * The rules of a text in llama.cpp's GBNF, by name. A rule that is defined again counts as it was defined last, as there.
 *
 * @throws GrammarError for what is not GBNF, naming line and column
 */
export class GbnfParser {
  readonly source: GrammarText;
  readonly #regexes: RegexArena;
  readonly #any: RuleNode;

  constructor(text: unknown, regexes: RegexArena) {
    this.source = new GrammarText("gbnf", text);
    this.#regexes = regexes;
    this.#any = regexNode(regexes.characters(everyCodePoint));
  }

  parse(): ReadonlyMap<string, RuleNode> {
    const { source } = this;
    const rules = new Map<string, RuleNode>();
    source.match(anySpace);
    while (!source.isAtEnd) {
      const name = source.match(namePattern);
      if (name === null) throw source.expected("the name of a rule");
      source.match(inlineSpace);
      source.expect("::=");
      source.match(anySpace);
      rules.set(name, this.#alternatives(inlineSpace));
      if (!source.isAtEnd && !source.startsWith("\n") && !source.startsWith("\r"))
        throw source.expected("a part of the rule, or a line break");
      source.match(anySpace);
    }
    return rules;
  }

  /** @param space what may lie between parts: within parentheses also line breaks */
  #alternatives(space: RegExp): RuleNode {
    const options = [this.#sequence(space)];
    while (this.source.skip("|")) {
      this.source.match(anySpace);
      options.push(this.#sequence(space));
    }
    return choiceNode(options);
  }

  #sequence(space: RegExp): RuleNode {
    const { source } = this;
    const parts: RuleNode[] = [];
    for (;;) {
      const part = this.#symbol();
      if (part === null) return sequenceNode(parts);
      source.match(space);
      parts.push(this.#repeated(part, space));
    }
  }

  /** One symbol or group; null where the sequence ends. */
  #symbol(): RuleNode | null {
    const { source } = this;
    const { character, at } = source;
    switch (character) {
      case '"':
        return regexNode(this.#regexes.literal(this.#literal()));
      case "[":
        return regexNode(this.#regexes.characters(readClass(source)));
      case ".":
        source.at++;
        return this.#any;
      case "(":
        return source.nested(() => {
          source.at++;
          source.match(anySpace);
          const group = this.#alternatives(anySpace);
          source.expect(")");
          return group;
        });
      case "<":
      case "!":
        throw source.unsupported(
          "<token>",
          `has the token ${source.match(/!?<[^>\r\n]*>?/y) ?? character}; a constrained text is made of characters, and special tokens are never part of it: write the grammar without it`,
          at,
        );
      case "*":
      case "+":
      case "?":
      case "{":
        throw source.expected(`something before the ${character} to repeat`);
      default: {
        const name = source.match(namePattern);
        return name === null ? null : { kind: "rule", name, at };
      }
    }
  }

  #literal(): string {
    const { source } = this;
    const start = source.at++;
    let text = "";
    while (!source.skip('"')) {
      if (source.isAtEnd) throw source.problem("the literal has no end", 'close it with "', start);
      text += String.fromCodePoint(readCharacter(source));
    }
    return text;
  }

  #repeated(part: RuleNode, space: RegExp): RuleNode {
    const { source } = this;
    let repeated = part;
    for (;;) {
      if (source.skip("*")) repeated = repeatNode(repeated, 0);
      else if (source.skip("+")) repeated = repeatNode(repeated, 1);
      else if (source.skip("?")) repeated = repeatNode(repeated, 0, 1);
      else if (source.startsWith("{")) repeated = this.#counted(repeated, space);
      else return repeated;
      source.match(space);
    }
  }

  /** `{m}`, `{m,}` or `{m,n}` */
  #counted(part: RuleNode, space: RegExp): RuleNode {
    const { source } = this;
    const start = source.at++;
    source.match(space);
    const min = this.#integer();
    source.match(space);
    let max = min;
    if (source.skip(",")) {
      source.match(space);
      max = source.startsWith("}") ? Infinity : this.#integer();
      source.match(space);
    }
    source.expect("}");
    if (max < min)
      throw source.problem(`{${min},${max}} is at least ${min} and at most ${max} times`, "exchange them", start);
    return repeatNode(part, min, max);
  }

  #integer(): number {
    const { source } = this;
    const { at } = source;
    const digits = source.match(integerPattern);
    if (digits === null) throw source.expected("a whole number");
    const value = Number(digits);
    if (!Number.isSafeInteger(value)) throw source.expected("a number below 2^53", at);
    return value;
  }
}
