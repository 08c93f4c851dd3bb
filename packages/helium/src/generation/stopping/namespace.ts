/** What the name `stopping` holds; see processors/namespace.ts. */
import type { StoppingCriterion as Criterion } from "./criterion.ts";
import type { StopStringTokenizer as Tokenizer } from "./stop-string-tokenizer.ts";

export * from "./index.ts";
export type StoppingCriterion = Criterion;
export type StopStringTokenizer = Tokenizer;
