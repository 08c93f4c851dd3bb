import { GrammarError, GrammarLimitError, UnsupportedGrammarError } from "../errors.ts";
import { GrammarAnalysis } from "./automaton/grammar-analysis.ts";
import type { Expression, GrammarBuilder } from "./automaton/grammar-builder.ts";
import { choiceRegex } from "./choice-regex.ts";
import { gbnfExpression } from "./gbnf/gbnf.ts";
import { grammarKinds, type GrammarKind, type GrammarSpec } from "./grammar-spec.ts";
import type { Json } from "./json-schema/documents/json-values.ts";
import { jsonSchemaExpression } from "./json-schema/json-schema.ts";
import type { JsonSchemaOptions } from "./json-schema/json-schema-options.ts";
import { larkExpression } from "./lark/lark.ts";
import { textAlphabet } from "./pattern/alphabet.ts";
import { encodeText, parsePattern } from "./pattern/index.ts";
import type { TokenVocabulary } from "./vocabulary/token-vocabulary.ts";

/** Steps that what stands in for a schema may take, although all others are used up. */
const FALLBACK_STEPS = 10_000;

type SpecOf<Kind extends GrammarKind> = Extract<GrammarSpec, Readonly<Record<Kind, unknown>>>;

/** The kind of a checked spec. */
export const kindOf = (spec: GrammarSpec): GrammarKind => grammarKinds.find((kind) => kind in spec) ?? "json";

/** How each kind of spec becomes an expression; one line adds a kind. */
const compilers: { readonly [Kind in GrammarKind]: (to: SpecCompiler, spec: SpecOf<Kind>) => Expression } = {
  json: (to, spec) => to.json(spec),
  regex: ({ builder }, { regex }) => {
    const { source, flags } = typeof regex === "string" ? { source: regex, flags: "" } : regex;
    // The whole text is matched, as by `^(?:…)$`.
    return builder.terminal(encodeText(builder.regexes, parsePattern(source, { flags })));
  },
  choice: ({ builder }, { choice }) => builder.terminal(choiceRegex(choice, builder.regexes)),
  gbnf: ({ builder }, { gbnf }) => gbnfExpression(gbnf, builder),
  lark: ({ builder }, { lark }) =>
    larkExpression(lark, builder, { json: (schema) => jsonSchemaExpression(builder, schema as Json) }),
  sequence: (to, { sequence }) => to.builder.sequence(...sequence.map((part) => to.expression(part))),
  anyOf: (to, { anyOf }) => to.builder.choice(...anyOf.map((part) => to.expression(part))),
  repeat: (to, { repeat, min = 0, max = Infinity }) => to.builder.repeat(to.expression(repeat), min, max),
  without: ({ builder }, { without }) => {
    const { regexes } = builder;
    const holdsOne = regexes.concat(regexes.anything, choiceRegex(without, regexes), regexes.anything);
    return builder.terminal(regexes.and(textAlphabet(regexes).anyText, regexes.not(holdsOne)));
  },
  specialToken: (to, { specialToken }) => to.specialToken(specialToken),
};

/** Makes expressions of specs, for one grammar. */
export class SpecCompiler {
  readonly builder: GrammarBuilder;
  readonly #vocabulary: TokenVocabulary;
  /** Some part of the grammar is JSON. */
  hasJson = false;

  constructor(builder: GrammarBuilder, vocabulary: TokenVocabulary) {
    this.builder = builder;
    this.#vocabulary = vocabulary;
  }

  /** @param spec plain, as `plainSpec` gives it. @throws GrammarError that has the spec's `field` */
  expression(spec: GrammarSpec): Expression {
    const { field = null } = spec;
    try {
      const compile = compilers[kindOf(spec)] as (to: SpecCompiler, spec: GrammarSpec) => Expression;
      const made = compile(this, spec);
      if (field !== null && !new GrammarAnalysis(this.builder, made).isProductive(made))
        throw new GrammarError(field, "allows no text at all; loosen it", {});
      return made;
    } catch (error) {
      if (error instanceof GrammarError) error.field ??= field;
      throw error;
    }
  }

  json({ json, field: _, fallback, ...options }: SpecOf<"json">): Expression {
    this.hasJson = true;
    try {
      return jsonSchemaExpression(this.builder, json as Json, options as JsonSchemaOptions);
    } catch (error) {
      const isTooMuch = error instanceof UnsupportedGrammarError || error instanceof GrammarLimitError;
      if (!fallback || !isTooMuch) throw error;
      this.builder.regexes.budget.grant(FALLBACK_STEPS);
      return this.expression(fallback);
    }
  }

  specialToken(name: string): Expression {
    const bytes = this.#vocabulary.specialToken(name);
    if (bytes === null)
      throw new GrammarError("grammar.specialToken", `the tokenizer has no special token ${JSON.stringify(name)}`, {
        given: name,
      });
    return this.builder.terminal(this.builder.regexes.literal(bytes));
  }
}
