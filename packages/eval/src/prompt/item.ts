import type { Row } from "../data/reading.ts";
import type { GenerationRequest, LogLikelihoodRequest, RollingRequest } from "../scoring/scorer.ts";

interface ItemBase {
  /** Where the document stands in its split, among those that the task includes, counted from 0. */
  readonly docId: number;
  /** The document as sample files show it: its row, and what the harness adds. */
  readonly doc: Row;
  /** Such as "test.jsonl, row 12". */
  readonly place: string;
  /** As sample files show it: the index of the right choice, an answer, or a list of answers. */
  readonly target: string | readonly string[];
}

/** A document of a multiple-choice task with what is asked of the model. */
export interface MultipleChoiceItem extends ItemBase {
  readonly kind: "multiple_choice";
  /** Without the delimiter, one for each request; by their lengths likelihoods are normalised. */
  readonly choices: readonly string[];
  readonly gold: number;
  /** One for each choice. */
  readonly requests: readonly LogLikelihoodRequest[];
  /** For `acc_mutual_info`: the same continuations behind the unconditional context; else empty. */
  readonly unconditionalRequests: readonly LogLikelihoodRequest[];
}

/** A document that is answered by what the model writes. */
export interface GenerationItem extends ItemBase {
  readonly kind: "generate_until";
  readonly requests: readonly [GenerationRequest];
  readonly references: readonly string[];
}

/** A document that is scored whole. */
export interface PerplexityItem extends ItemBase {
  readonly kind: "loglikelihood_rolling";
  readonly requests: readonly [RollingRequest];
  /** Words and bytes are counted in this text. */
  readonly original: string;
}

export type Item = MultipleChoiceItem | GenerationItem | PerplexityItem;
