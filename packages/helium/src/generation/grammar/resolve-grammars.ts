import { compileGrammar } from "../../grammar/compile-grammar.ts";
import { Grammar, type GrammarSpec } from "../../grammar/index.ts";
import type { TokenVocabulary } from "../../grammar/vocabulary/token-vocabulary.ts";
import { listOf } from "../../given-values.ts";
import { GenerationError } from "../../errors.ts";
import type { CheckContext } from "../processors/definition.ts";
import { ConstrainedRows } from "./constrained-rows.ts";
import { ownTokenizer } from "./own-tokenizer.ts";

/**
 * The grammars of a call's prompts; null where all rows are free.
 *
 * @throws GenerationError without a tokenizer, and for a list of another length; GrammarError for what is no grammar
 */
export function resolveGrammars(given: unknown, name: string, context: CheckContext): ConstrainedRows | null {
  const { inputIds, promptLength, eosTokenIds, vocabSize } = context;
  const list = listOf(given) ?? inputIds.map(() => given);
  if (list.length !== inputIds.length)
    throw new GenerationError(name, `has ${list.length} entries for ${inputIds.length} prompts; give one for each`, {
      given: list.length,
      expected: inputIds.length,
    });
  const grammars = list.map((one) => (one === null || one === undefined ? null : compiled(one, name, context)));
  if (grammars.every((grammar) => grammar === null)) return null;
  return new ConstrainedRows({ grammars, promptLength, eosTokenIds, vocabSize });
}

function compiled(given: unknown, name: string, { tokenizer, vocabSize }: CheckContext): Grammar {
  if (given instanceof Grammar) {
    checkVocabulary(given.vocabulary, name, vocabSize);
    return given;
  }
  if (!tokenizer) throw new GenerationError(name, "needs the model's tokenizer; pass it as tokenizer");
  const grammar = compileGrammar(given as GrammarSpec, ownTokenizer(tokenizer, name));
  checkVocabulary(grammar.vocabulary, name, vocabSize);
  return grammar;
}

/** @throws GenerationError for texts of tokens that the model does not have */
function checkVocabulary(vocabulary: TokenVocabulary, name: string, vocabSize: number): void {
  for (let token = vocabSize; token < vocabulary.size; token++)
    if (vocabulary.bytesOf(token))
      throw new GenerationError(
        name,
        `the tokenizer has a token ${token}, but the model's vocabulary is [0, ${vocabSize}); check that the tokenizer belongs to the model`,
        { given: token, vocabSize },
      );
}
