import type {
  GenerationRequest,
  LogLikelihood,
  LogLikelihoodRequest,
  RollingLogLikelihood,
  RollingRequest,
  Scorer,
  ScoringOptions,
} from "@helium-lm/eval";

/** A number in [0, 1) that depends on the text alone (FNV-1a). */
export function noiseOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash / 2 ** 32;
}

/** Answers at once, by the text alone, and counts what it was asked. */
export class FakeScorer implements Scorer {
  readonly name = "fake";
  readonly description = { kind: "fake" };
  /** Every request, as JSON. */
  readonly asked: string[] = [];
  /** Fails when it has answered so many. */
  readonly #failsAfter: number;

  constructor(failsAfter = Infinity) {
    this.#failsAfter = failsAfter;
  }

  async loglikelihood(
    requests: readonly LogLikelihoodRequest[],
    options: ScoringOptions<LogLikelihood> = {},
  ): Promise<readonly LogLikelihood[]> {
    return this.#answer(requests, options, ({ context, continuation }) => ({
      logprob: -20 * noiseOf(`${context}|${continuation}`) - continuation.length / 8,
      isGreedy: false,
    }));
  }

  async rollingLoglikelihood(
    requests: readonly RollingRequest[],
    options: ScoringOptions<RollingLogLikelihood> = {},
  ): Promise<readonly RollingLogLikelihood[]> {
    return this.#answer(requests, options, ({ text }) => ({ logprob: -text.length, tokens: text.length }));
  }

  async generateUntil(
    requests: readonly GenerationRequest[],
    options: ScoringOptions<string> = {},
  ): Promise<readonly string[]> {
    return this.#answer(requests, options, ({ context }) => context.split(/\s+/).at(-2) ?? "");
  }

  #answer<Request, Result>(
    requests: readonly Request[],
    { onResult, signal }: ScoringOptions<Result>,
    answer: (request: Request) => Result,
  ): readonly Result[] {
    return requests.map((request, index) => {
      signal?.throwIfAborted();
      if (this.asked.length >= this.#failsAfter) throw new Error("the power went off");
      this.asked.push(JSON.stringify(request));
      const result = answer(request);
      onResult?.(index, result);
      return result;
    });
  }
}
