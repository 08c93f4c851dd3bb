import { GrammarLimitError } from "../errors.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { GrammarBuilder } from "./automaton/grammar-builder.ts";
import { Grammar, GrammarContext } from "./grammar.ts";
import { KeptGrammars } from "./kept-grammars.ts";
import type { GrammarSpec } from "./grammar-spec.ts";
import { plainSpec } from "./plain-spec.ts";
import { kindOf, SpecCompiler } from "./spec-compiler.ts";
import { WorkBudget } from "./regex/index.ts";
import { TokenVocabulary } from "./vocabulary/token-vocabulary.ts";

/** Steps that finding what a grammar can be may take, about a second. */
const COMPILING_STEPS = 850_000;

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
  const compiler = new SpecCompiler(builder, context.vocabulary);
  const budget = new WorkBudget(COMPILING_STEPS);
  context.regexes.budget = budget;
  try {
    const grammar = budget.run(() => new Grammar(context, builder, compiler.expression(spec)));
    if (compiler.hasJson) context.warmUp();
    return grammar;
  } catch (error) {
    // The stack of the engine is full, or a list is longer than what a call may be given.
    if (!(error instanceof RangeError)) throw error;
    throw new GrammarLimitError(
      `grammar.${kindOf(spec)}`,
      "is too deep or too large to be compiled; nest less, or give fewer alternatives",
      {},
      { cause: error },
    );
  }
}
