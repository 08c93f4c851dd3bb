export { compileGrammar } from "./compile-grammar.ts";
export { Grammar } from "./grammar.ts";
export type {
  AnyOfGrammarSpec,
  ChoiceGrammarSpec,
  GbnfGrammarSpec,
  GrammarNote,
  GrammarSpec,
  JsonGrammarSpec,
  JsonSchema,
  LarkGrammarSpec,
  RegexGrammarSpec,
  RepeatGrammarSpec,
  SequenceGrammarSpec,
  SpecialTokenGrammarSpec,
  WithoutGrammarSpec,
} from "./grammar-spec.ts";
export type { GrammarState } from "./automaton/grammar-state.ts";
export type { TokenMask } from "./masks/token-mask.ts";
export { healPrompt, type HealedPrompt } from "./vocabulary/heal-prompt.ts";
export type { TokenTrie } from "./vocabulary/token-trie.ts";
export { TokenVocabulary } from "./vocabulary/token-vocabulary.ts";
export type { InferOutput, StandardIssue, StandardSchema } from "./standard-schema.ts";
export { GrammarError, GrammarLimitError, UnsupportedGrammarError } from "../errors.ts";
