import type { Expression, GrammarBuilder } from "../automaton/grammar-builder.ts";
import type { Regex } from "../regex/index.ts";
import { compileRules } from "../rules/compile-rules.ts";
import { choiceNode, regexNode, repeatNode, sequenceNode, type RuleNode } from "../rules/rule-node.ts";
import { isTerminalName, type LarkDefinitions, type LarkNode } from "./lark-node.ts";
import { LarkTerminals } from "./lark-terminals.ts";
import { LarkParser } from "./parse-lark.ts";

/** Where every grammar begins. */
const startRule = "start";

export interface LarkOptions {
  /** What `%json { … }` becomes. */
  readonly json: (schema: unknown) => Expression;
}

/**
 * The grammar of a text in the language of Lark, as llguidance reads it: rules in lower case, terminals in upper case, strings,
 * ranges, regular expressions, `? * + ~ {}`, groups, `&` and `~` in terminals, `%ignore`, `%import common.X`, `%json`.
 *
 * There is no lexer: a terminal may end wherever its expression accepts, and every reading of a text counts. What is ignored
 * may stand before the first lexeme and behind every other one. Where Lark would take the longest lexeme alone, more texts are
 * accepted, such as two names without a blank between them.
 *
 * @throws GrammarError for what is not Lark, and for names without a definition; UnsupportedGrammarError for priorities,
 *   templates, options of rules, tokens, and other imports
 */
export function larkExpression(text: unknown, builder: GrammarBuilder, options: LarkOptions): Expression {
  const parser = new LarkParser(text, builder.regexes);
  const definitions = parser.parse();
  const { source } = parser;
  const known = [...definitions.rules.keys()].slice(0, 10).join(", ") || "none";
  if (!definitions.rules.has(startRule))
    throw source.problem(`has no rule ${startRule}, but ${known}`, "name the rule of the whole text start", 0);
  const terminals = new LarkTerminals(definitions, source, builder.regexes);
  const lexemes = new Lexemes(definitions, terminals, builder, options);
  const rules = new Map([...definitions.rules].map(([name, body]) => [name, lexemes.rule(body)] as const));
  const undefinedRule = (name: string, at: number): Error =>
    source.problem(`the rule ${JSON.stringify(name)} is not defined; there are ${known}`, "define it", at);
  const start: RuleNode = { kind: "rule", name: startRule, at: 0 };
  return compileRules({ rules, undefinedRule }, sequenceNode([lexemes.ignored, start]), builder);
}

/** Rules as sequences of lexemes, each with what is ignored behind it. */
class Lexemes {
  readonly ignored: RuleNode;
  readonly #terminals: LarkTerminals;
  readonly #builder: GrammarBuilder;
  readonly #options: LarkOptions;
  readonly #space: Regex;

  constructor({ ignored }: LarkDefinitions, terminals: LarkTerminals, builder: GrammarBuilder, options: LarkOptions) {
    const { regexes } = builder;
    this.#terminals = terminals;
    this.#builder = builder;
    this.#options = options;
    this.#space = regexes.repeat(regexes.or(...ignored.map((node) => terminals.regex(node))), 0);
    this.ignored = regexNode(this.#space);
  }

  rule(node: LarkNode): RuleNode {
    switch (node.kind) {
      case "name":
        return isTerminalName(node.name) ? this.#lexeme(node) : { kind: "rule", name: node.name, at: node.at };
      case "sequence":
        return sequenceNode(node.parts.map((part) => this.rule(part)));
      case "choice":
        return choiceNode(node.parts.map((part) => this.rule(part)));
      case "repeat":
        return repeatNode(this.rule(node.part), node.min, node.max);
      case "json": {
        const make = (): Expression => this.#options.json(node.schema);
        return sequenceNode([{ kind: "expression", make }, this.ignored]);
      }
      case "and":
      case "not":
        throw this.#terminals.onlyInTerminals(node.kind === "and" ? "&" : "~", node.at);
      case "regex":
        return this.#lexeme(node);
    }
  }

  #lexeme(node: LarkNode): RuleNode {
    return regexNode(this.#builder.regexes.concat(this.#terminals.regex(node), this.#space));
  }
}
