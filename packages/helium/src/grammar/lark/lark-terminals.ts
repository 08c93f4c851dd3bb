import type { GrammarError } from "../../errors.ts";
import { textAlphabet } from "../pattern/alphabet.ts";
import type { Regex, RegexArena } from "../regex/index.ts";
import type { GrammarText } from "../rules/grammar-text.ts";
import { isTerminalName, type LarkDefinitions, type LarkNode } from "./lark-node.ts";

/** Terminals that name one another in a row; longer rows would use up the stack. */
const longestChain = 400;

/** Terminals as regular expressions, each made when it is first named. */
export class LarkTerminals {
  readonly #definitions: LarkDefinitions;
  readonly #source: GrammarText;
  readonly #regexes: RegexArena;
  readonly #known = new Map<string, Regex>();
  /** Terminals that are being made, from the first one named. */
  readonly #open: string[] = [];

  constructor(definitions: LarkDefinitions, source: GrammarText, regexes: RegexArena) {
    this.#definitions = definitions;
    this.#source = source;
    this.#regexes = regexes;
    for (const [name, body] of definitions.terminals) this.#known.set(name, this.#named(name, body, 0));
  }

  /** @throws GrammarError for a rule within a terminal, an undefined terminal, and one that names itself */
  regex(node: LarkNode): Regex {
    const regexes = this.#regexes;
    switch (node.kind) {
      case "regex":
        return node.regex;
      case "name":
        return this.#terminal(node.name, node.at);
      case "sequence":
        return this.#inOrder(node.parts, (a, b) => regexes.concat(a, b), regexes.empty);
      case "choice":
        return regexes.or(...node.parts.map((part) => this.regex(part)));
      case "repeat":
        return regexes.repeat(this.regex(node.part), node.min, node.max);
      case "and":
        return regexes.and(...node.parts.map((part) => this.regex(part)));
      case "not":
        // Of the texts, not of all bytes.
        return regexes.and(textAlphabet(regexes).anyText, regexes.not(this.regex(node.part)));
      case "json":
        throw this.#source.problem(
          "%json stands in a terminal",
          "write it in a rule, whose name is in lower case",
          node.at,
        );
    }
  }

  /** The error for an operator of terminals in a rule. */
  onlyInTerminals(operator: string, at: number): GrammarError {
    return this.#source.problem(
      `${operator} stands in a rule`,
      "write it in a terminal, whose name is in upper case",
      at,
    );
  }

  #inOrder(parts: readonly LarkNode[], join: (a: Regex, b: Regex) => Regex, none: Regex): Regex {
    return parts.reduceRight((rest, part) => join(this.regex(part), rest), none);
  }

  #terminal(name: string, at: number): Regex {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const source = this.#source;
    if (!isTerminalName(name))
      throw source.problem(
        `the rule ${name} stands in a terminal`,
        "terminals are made of terminals; name it in upper case",
        at,
      );
    const body = this.#definitions.terminals.get(name);
    if (body === undefined) {
      const some = [...this.#definitions.terminals.keys()].slice(0, 10).join(", ") || "none";
      throw source.problem(
        `the terminal ${name} is not defined; there are ${some}`,
        "define it, or import it from common",
        at,
      );
    }
    const made = this.#named(name, body, at);
    this.#known.set(name, made);
    return made;
  }

  #named(name: string, body: LarkNode, at: number): Regex {
    const source = this.#source;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    if (this.#open.includes(name))
      throw source.problem(`the terminal ${name} names itself`, "only rules, in lower case, may be recursive", at);
    if (this.#open.length >= longestChain)
      throw source.problem(
        `the terminal ${name} lies behind ${longestChain} others`,
        "name fewer one within another",
        at,
      );
    this.#open.push(name);
    const regex = this.regex(body);
    this.#open.pop();
    return regex;
  }
}
