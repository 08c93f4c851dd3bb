/** How likely a continuation is behind a context. */
export interface LogLikelihoodRequest {
  readonly context: string;
  readonly continuation: string;
}

export interface LogLikelihood {
  /** Sum over the tokens of the continuation, natural logarithm. */
  readonly logprob: number;
  /** Every token of the continuation is the likeliest in its place. */
  readonly isGreedy: boolean;
}

/** What the model writes behind a context, greedily. */
export interface GenerationRequest {
  readonly context: string;
  /** The text ends before the first of these. */
  readonly until: readonly string[];
  readonly maxNewTokens: number;
}

/** A whole text, in windows of the model's length. */
export interface RollingRequest {
  readonly text: string;
}

/** The sum of the log-probabilities of all tokens of a text, and their number. */
export interface RollingLogLikelihood {
  readonly logprob: number;
  readonly tokens: number;
}

export interface ScoringOptions<Result> {
  readonly signal?: AbortSignal | undefined;
  /** Called with each result as it comes, in any order; what it throws ends the scoring. */
  readonly onResult?: (index: number, result: Result) => void;
}

/** Something that scores texts: the engine of this process, or an endpoint. Results come in the order of the requests. */
export interface Scorer {
  /** What reports call it. */
  readonly name: string;
  /** Facts for the report: dtype, backend, context length, version. */
  readonly description: Readonly<Record<string, string | number | boolean | null>>;
  loglikelihood(
    requests: readonly LogLikelihoodRequest[],
    options?: ScoringOptions<LogLikelihood>,
  ): Promise<readonly LogLikelihood[]>;
  rollingLoglikelihood(
    requests: readonly RollingRequest[],
    options?: ScoringOptions<RollingLogLikelihood>,
  ): Promise<readonly RollingLogLikelihood[]>;
  generateUntil(requests: readonly GenerationRequest[], options?: ScoringOptions<string>): Promise<readonly string[]>;
}
