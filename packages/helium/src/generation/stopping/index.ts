/** The built-in criteria and their order, and what the name `stopping` holds; see processors/index.ts. */
import type {
  StoppingCriterion as Criterion,
  StoppingDefinition,
  StopStringTokenizer as Tokenizer,
} from "./criterion.ts";
import { grammarEndDefinition } from "./grammar-end.ts";
import { maxLengthDefinition, maxTimeDefinition } from "./limits.ts";
import { eosDefinition, stopStringsDefinition } from "./text-end.ts";

/** The built-in criteria in transformers' order, then that of a grammar: one line adds one to `generate`. */
export const builtIn = [
  maxLengthDefinition,
  maxTimeDefinition,
  stopStringsDefinition,
  eosDefinition,
  grammarEndDefinition,
] as const satisfies readonly StoppingDefinition[];

/** Names of the built-in criteria: a criterion of the caller's own with one of these takes its place. */
export type StoppingCriterionName = (typeof builtIn)[number]["option"];

export type StoppingCriterion = Criterion;
export type StopStringTokenizer = Tokenizer;

export { perRow as stoppingCriterion } from "./criterion.ts";
export { maxLength, maxTime } from "./limits.ts";
export { eos, stopStrings } from "./text-end.ts";
