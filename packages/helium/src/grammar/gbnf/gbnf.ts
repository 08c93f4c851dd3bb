import type { Expression, GrammarBuilder } from "../automaton/grammar-builder.ts";
import { compileRules } from "../rules/compile-rules.ts";
import { GbnfParser } from "./parse-gbnf.ts";

/** Where every GBNF begins. */
const rootRule = "root";

/**
 * The grammar of a text in GBNF, the format of llama.cpp: rules `name ::= …` of literals, classes, `.`, groups and
 * references, with `*`, `+`, `?` and `{m,n}`, of which `root` is the whole text. Left recursion is allowed. Tokens `<name>` are
 * refused: they are no text.
 *
 * @throws GrammarError for what is not GBNF and for names without a rule; UnsupportedGrammarError for tokens
 */
export function gbnfExpression(text: unknown, builder: GrammarBuilder): Expression {
  const parser = new GbnfParser(text, builder.regexes);
  const rules = parser.parse();
  const { source } = parser;
  if (!rules.has(rootRule)) {
    const known = [...rules.keys()].slice(0, 10).join(", ") || "none";
    throw source.problem(`has no rule ${rootRule}, but ${known}`, "name the rule of the whole text root", 0);
  }
  const undefinedRule = (name: string, at: number): Error => {
    const known = [...rules.keys()].slice(0, 10).join(", ");
    return source.problem(`the rule ${JSON.stringify(name)} is not defined; there are ${known}`, "define it", at);
  };
  return compileRules({ rules, undefinedRule }, { kind: "rule", name: rootRule, at: 0 }, builder);
}
