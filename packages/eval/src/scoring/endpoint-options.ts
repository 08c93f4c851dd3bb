import { checkOptionNames, type OptionNames } from "@helium-lm/tensor";
import { EvalError } from "../errors.ts";
import type { ScoringTokenizer } from "./encode-pair.ts";
import type { EndpointClientOptions } from "./endpoint-client.ts";

/** What an endpoint's scorer needs of a tokenizer; those of `@helium-lm/helium` have it. */
export interface EndpointTokenizer extends ScoringTokenizer {
  readonly eosToken: string | null;
  decode(ids: readonly number[], options?: { readonly skipSpecialTokens?: boolean }): string;
}

export interface EndpointScorerOptions extends EndpointClientOptions {
  /** The model, as the server calls it. */
  readonly model: string;
  /** The model's own; default: the server's, where it has POST /tokenize. */
  readonly tokenizer?: EndpointTokenizer;
  /** What reports call the model; default: `model`. */
  readonly name?: string;
  /** Whether a text begins with the BOS token; default false, as lm-evaluation-harness has it for endpoints. */
  readonly addBosToken?: boolean;
  /** Tokens that the server takes, prompt and new ones together; longer contexts lose their start. Default 2048. */
  readonly maxLength?: number;
  /**
   * Tokens of a window of perplexity; default `maxLength − 2`, as lm-evaluation-harness has it for endpoints: the token
   * before a window and the one that is generated behind it need room too.
   */
  readonly windowLength?: number;
  /** In perplexity a BOS token of `addBosToken` is scored too, as lm-evaluation-harness does; default: it is not. */
  readonly scoresBos?: boolean;
  /** Requests that are under way at once; default 4. */
  readonly concurrency?: number;
  /** Prompts of a request; default 8. */
  readonly batchSize?: number;
}

const optionNames: OptionNames<EndpointScorerOptions> = {
  url: true,
  apiKey: true,
  retry: true,
  timeoutMs: true,
  fetch: true,
  model: true,
  tokenizer: true,
  name: true,
  addBosToken: true,
  maxLength: true,
  windowLength: true,
  scoresBos: true,
  concurrency: true,
  batchSize: true,
};

/** Numbers and switches of an endpoint's scorer, as they are used. */
export interface EndpointLimits {
  readonly addBosToken: boolean;
  readonly scoresBos: boolean;
  readonly maxLength: number;
  readonly windowLength: number;
  readonly concurrency: number;
  readonly batchSize: number;
}

/** @throws EvalError for options that are unknown or do not fit */
export function endpointLimits(options: EndpointScorerOptions): EndpointLimits {
  checkOptionNames("EndpointScorer", options, optionNames, EvalError);
  const { addBosToken = false, scoresBos = false } = options;
  const maxLength = wholeNumber("maxLength", options.maxLength ?? 2048, 3);
  const windowLength = wholeNumber("windowLength", options.windowLength ?? maxLength - 2, 1);
  if (windowLength > maxLength - 2)
    throw new EvalError(
      "windowLength",
      `is ${windowLength}, which leaves no room for the token before a window and the one behind it; expected ${maxLength - 2} at most (maxLength − 2)`,
      { given: windowLength, expected: maxLength - 2 },
    );
  const concurrency = wholeNumber("concurrency", options.concurrency ?? 4, 1);
  const batchSize = wholeNumber("batchSize", options.batchSize ?? 8, 1);
  return { addBosToken, scoresBos, maxLength, windowLength, concurrency, batchSize };
}

function wholeNumber(option: string, given: number, least: number): number {
  if (Number.isSafeInteger(given) && given >= least) return given;
  throw new EvalError(option, `is ${String(given)}; expected a whole number from ${least} on`, {
    given,
    expected: least,
  });
}
