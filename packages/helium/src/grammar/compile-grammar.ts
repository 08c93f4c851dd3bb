import { GrammarLimitError } from "../errors.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { GrammarBuilder, type Expression } from "./automaton/grammar-builder.ts";
import { choiceRegex } from "./choice-regex.ts";
import { gbnfExpression } from "./gbnf/gbnf.ts";
import { Grammar, GrammarContext } from "./grammar.ts";
import type { Json } from "./json-schema/documents/json-values.ts";
import { jsonSchemaExpression } from "./json-schema/json-schema.ts";
import type { JsonSchemaOptions } from "./json-schema/json-schema-options.ts";
import { KeptGrammars } from "./kept-grammars.ts";
import type { GrammarKind, GrammarSpec } from "./grammar-spec.ts";
import { encodeText, parsePattern } from "./pattern/index.ts";
import { larkExpression } from "./lark/lark.ts";
import { plainSpec } from "./plain-spec.ts";
import { WorkBudget } from "./regex/index.ts";
import { TokenVocabulary } from "./vocabulary/token-vocabulary.ts";

/** Steps that finding what a grammar can be may take, about a second. */
const COMPILING_STEPS = 1_000_000;

type SpecOf<Kind extends GrammarKind> = Extract<GrammarSpec, Readonly<Record<Kind, unknown>>>;

/** How each kind of spec becomes an expression; one line adds a kind. */
const compilers: { readonly [Kind in GrammarKind]: (builder: GrammarBuilder, spec: SpecOf<Kind>) => Expression } = {
  json: (builder, { json, ...options }) => jsonSchemaExpression(builder, json as Json, options as JsonSchemaOptions),
  regex: compileRegex,
  choice: (builder, { choice }) => builder.terminal(choiceRegex(choice, builder.regexes)),
  gbnf: (builder, { gbnf }) => gbnfExpression(gbnf, builder),
  lark: (builder, { lark }) =>
    larkExpression(lark, builder, { json: (schema) => jsonSchemaExpression(builder, schema as Json) }),
};

/** The whole text is matched, as by `^(?:…)$`. */
function compileRegex(builder: GrammarBuilder, { regex }: SpecOf<"regex">): Expression {
  const { source, flags } = typeof regex === "string" ? { source: regex, flags: "" } : regex;
  return builder.terminal(encodeText(builder.regexes, parsePattern(source, { flags })));
}

/**
 * Compiles what a text has to be, for one tokenizer. The same spec (by content) gives the same grammar as long as it is kept: of
 * each vocabulary the 64 that were used last. `generate({ grammar: spec, tokenizer })` does this by itself.
 *
 * @throws GrammarError for what cannot be read, names the place; UnsupportedGrammarError for what cannot be enforced, names the
 *   keyword; GrammarLimitError for what is too large; TokenizerError for a tokenizer whose tokens have no bytes of their own
 * @example
 * const grammar = compileGrammar({ choice: [" yes", " no"] }, tokenizer);
 * const inputIds = [tokenizer.encode("Is water wet? Answer:")];
 * const { sequences } = await model.generate({ inputIds, grammar });
 * console.log(/ (yes|no)$/.test(tokenizer.decode(sequences[0]))); // true
 */
export function compileGrammar(spec: GrammarSpec, tokenizer: Tokenizer): Grammar {
  const plain = plainSpec(spec);
  const vocabulary = TokenVocabulary.of(tokenizer);
  return KeptGrammars.of(vocabulary).get(plain, () => compileAnew(plain, GrammarContext.of(vocabulary)));
}

/** As `compileGrammar`, whatever was compiled before. @param spec plain, as `plainSpec` gives it */
export function compileAnew(spec: GrammarSpec, context: GrammarContext): Grammar {
  const builder = new GrammarBuilder(context.regexes);
  const [kind] = Object.keys(compilers).filter((key) => key in spec) as [GrammarKind];
  const compile = compilers[kind] as (builder: GrammarBuilder, spec: GrammarSpec) => Expression;
  const budget = new WorkBudget(COMPILING_STEPS);
  context.regexes.budget = budget;
  try {
    const grammar = budget.run(() => new Grammar(context, builder, compile(builder, spec)));
    if (kind === "json") context.warmUp();
    return grammar;
  } catch (error) {
    // The stack of the engine is full, or a list is longer than what a call may be given.
    if (!(error instanceof RangeError)) throw error;
    throw new GrammarLimitError(
      `grammar.${kind}`,
      "is too deep or too large to be compiled; nest less, or give fewer alternatives",
      {},
      { cause: error },
    );
  }
}
