import type { TokenLogprobs } from "../engine/request.ts";
import type { Scored } from "../engine/outputs/wanted.ts";

/** What the model says of the tokens that come next, kept until they are chosen, for their log-probabilities. */
export class SeenLogits {
  /** How many of the likeliest tokens are told; null: nothing is. */
  readonly #count: number | null;
  /** Of each row, for each of its last tokens. */
  #rows: readonly (readonly Scored[])[] = [];

  constructor(count: number | null) {
    this.#count = count;
  }

  get isWanted(): boolean {
    return this.#count !== null;
  }

  /** Of so many tokens the log-probabilities are needed: the first one's says what the sum over all is. */
  get k(): number {
    return Math.max(1, this.#count ?? 0);
  }

  /** Processors change logits in place: it takes copies. */
  see(rows: readonly (readonly Scored[])[]): void {
    this.#rows = rows.map((row) =>
      row.map(({ output, top }) => ({ output: output instanceof Float32Array ? output.slice() : output, top })),
    );
  }

  /** Those of a token that was chosen at a place of a row; null where nobody wants them. */
  of(row: number, place: number, token: number): TokenLogprobs | null {
    const seen = this.#rows[row]?.[place];
    if (this.#count === null || !seen) return null;
    const { top } = seen;
    // log p = logit − log Σ exp, which is the same for all tokens.
    const offset = (top.logProbs[0] ?? NaN) - (top.logits[0] ?? NaN);
    return {
      logprob: logitOf(token, seen) + offset,
      top: Array.from({ length: this.#count }, (_, i) => ({ id: top.tokens[i] ?? 0, logprob: top.logProbs[i] ?? NaN })),
    };
  }
}

function logitOf(token: number, { output, top }: Scored): number {
  if (output instanceof Float32Array) return output[token] ?? NaN;
  if ("tokens" in output) return output.logits[output.tokens.indexOf(token)] ?? NaN;
  return output.logits?.[token] ?? top.logits[top.tokens.indexOf(token)] ?? NaN;
}
