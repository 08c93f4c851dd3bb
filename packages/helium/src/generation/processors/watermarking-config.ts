/** How a text is marked; the same numbers find the mark again. */
export interface WatermarkingConfig {
  /** Part of the vocabulary that is green; default 0.25. */
  readonly greenlistRatio?: number;
  /** Added to the scores of green tokens; default 2. */
  readonly bias?: number;
  /** Default 15485863, the millionth prime. */
  readonly hashingKey?: number;
  /** What decides the green tokens: the token before, or for each token also itself. Default "lefthash". */
  readonly seedingScheme?: "lefthash" | "selfhash";
  /** Tokens before that the seed looks at; default 1. */
  readonly contextWidth?: number;
}
