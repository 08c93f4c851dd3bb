import { mapBounded } from "@helium-lm/nn";
import { EvalError } from "../errors.ts";
import { rstrip } from "../python/text.ts";
import { CompletionAnswer, type ScoredPrompt } from "./completion-answer.ts";
import { cutAt } from "./cut-at.ts";
import { encodePair, encodeText, prefixToken, type EncodedPair, type ScoringTokenizer } from "./encode-pair.ts";
import { EndpointClient } from "./endpoint-client.ts";
import { endpointLimits, type EndpointLimits, type EndpointScorerOptions } from "./endpoint-options.ts";
import { inBatches } from "./in-batches.ts";
import { readsSameText } from "./reads-same-text.ts";
import { RemoteTokenizer } from "./remote-tokenizer.ts";
import { rollingWindows } from "./rolling-windows.ts";
import type {
  GenerationRequest,
  LogLikelihood,
  LogLikelihoodRequest,
  RollingLogLikelihood,
  RollingRequest,
  Scorer,
  ScoringOptions,
} from "./scorer.ts";

const SEED = 1234;
const PATH = "/v1/completions";

/**
 * Scores texts with a model behind an OpenAI-compatible endpoint, by the requests that lm-evaluation-harness sends
 * (`local-completions`): token ids go there, and the log-probabilities of the echoed prompt come back. Such servers are vLLM
 * and our own.
 *
 *     const scorer = new EndpointScorer({ url: "http://localhost:8000", model: "kyutai/helium-1-preview-2b", tokenizer });
 *     const [{ logprob }] = await scorer.loglikelihood([{ context: "The capital of France is", continuation: " Paris" }]);
 */
export class EndpointScorer implements Scorer {
  readonly name: string;
  readonly #options: EndpointScorerOptions;
  readonly #client: EndpointClient;
  readonly #limits: EndpointLimits;
  #remote: Promise<RemoteTokenizer> | null = null;
  /** Once an echo has shown that the server reads tokens as the tokenizer does. */
  #isOfModel = false;

  /** @throws EvalError for options that do not fit, EndpointError for an address or a key that cannot be used */
  constructor(options: EndpointScorerOptions) {
    this.#limits = endpointLimits(options);
    this.#options = options;
    this.#client = new EndpointClient(options);
    this.name = options.name ?? options.model;
  }

  get description(): Scorer["description"] {
    const { addBosToken, maxLength, windowLength } = this.#limits;
    return {
      endpoint: this.#client.address.shown,
      model: this.#options.model,
      tokenizer: this.#options.tokenizer ? "given" : "server",
      addBosToken,
      maxLength,
      windowLength,
    };
  }

  /** @throws EvalError for a request that cannot be scored, EndpointError, the signal's reason */
  async loglikelihood(
    requests: readonly LogLikelihoodRequest[],
    { signal, onResult }: ScoringOptions<LogLikelihood> = {},
  ): Promise<readonly LogLikelihood[]> {
    const results: LogLikelihood[] = [];
    const batches = inBatches([...requests.entries()], this.#limits.batchSize);
    await mapBounded(batches, this.#limits.concurrency, async (batch) => {
      const texts = batch.flatMap(([, { context, continuation }]) => [context + continuation, rstrip(context)]);
      const needsPrefix = batch.some(([, { context }]) => context === "");
      const tokenizer = await this.#tokenizerFor(texts, needsPrefix, signal);
      const pairs = batch.map(([, { context, continuation }]) =>
        this.#cut(encodePair(tokenizer, context, continuation, this.#limits.addBosToken)),
      );
      await this.#score(pairs, signal, (i, result) => {
        const index = batch[i]?.[0] ?? 0;
        results[index] = result;
        onResult?.(index, result);
      });
    });
    return results;
  }

  /** @throws EvalError for a tokenizer without a first token, EndpointError, the signal's reason */
  async rollingLoglikelihood(
    requests: readonly RollingRequest[],
    { signal, onResult }: ScoringOptions<RollingLogLikelihood> = {},
  ): Promise<readonly RollingLogLikelihood[]> {
    const results: RollingLogLikelihood[] = [];
    const texts = requests.map(({ text }) => text);
    const tokenizer = await this.#tokenizerFor(texts, true, signal);
    const windows = texts.map((text) => this.#windows(tokenizer, text));
    const scores: number[][] = windows.map(() => []);
    const missing = windows.map(({ length }) => length);
    const end = (text: number): void => {
      const of = windows[text] ?? [];
      const result = {
        logprob: of.reduce((sum, _, i) => sum + (scores[text]?.[i] ?? NaN), 0),
        tokens: of.reduce((sum, { continuation }) => sum + continuation.length, 0),
      };
      results[text] = result;
      onResult?.(text, result);
    };
    for (const [text, of] of windows.entries()) if (of.length === 0) end(text);
    const batches = inBatches(
      windows.flatMap((of, text) => of.map((pair, i) => ({ pair, text, i }))),
      this.#limits.batchSize,
    );
    await mapBounded(batches, this.#limits.concurrency, async (batch) => {
      const pairs = batch.map(({ pair }) => pair);
      await this.#score(pairs, signal, (which, { logprob }) => {
        const { text, i } = batch[which] ?? { text: 0, i: 0 };
        (scores[text] ??= [])[i] = logprob;
        missing[text] = (missing[text] ?? 0) - 1;
        if (missing[text] === 0) end(text);
      });
    });
    return results;
  }

  /** @throws EvalError for a request that leaves no room for a prompt, EndpointError, the signal's reason */
  async generateUntil(
    requests: readonly GenerationRequest[],
    { signal, onResult }: ScoringOptions<string> = {},
  ): Promise<readonly string[]> {
    const results: string[] = [];
    const batches = inBatches([...requests.entries()], this.#limits.batchSize, ([, one], [, other]) =>
      isAlike(one, other),
    );
    await mapBounded(batches, this.#limits.concurrency, async (batch) => {
      const { until = [], maxNewTokens = 0 } = batch[0]?.[1] ?? {};
      const texts = batch.map(([, { context }]) => context);
      const tokenizer = await this.#tokenizerFor(texts, texts.includes(""), signal);
      const prompt = texts.map((text) => this.#prompt(tokenizer, text, maxNewTokens));
      const eosToken = this.#options.tokenizer
        ? this.#options.tokenizer.eosToken
        : (await this.#remote)?.special.eosToken;
      const stop = [...until, ...(eosToken ? [eosToken] : [])];
      const { model } = this.#options;
      const body = {
        prompt,
        model,
        max_tokens: maxNewTokens,
        temperature: 0,
        ...(stop.length > 0 && { stop }),
        seed: SEED,
      };
      const answer = await this.#complete(body, prompt.length, signal);
      for (const [i, [index]] of batch.entries()) {
        const text = cutAt(answer.text(i), stop);
        results[index] = text;
        onResult?.(index, text);
      }
    });
    return results;
  }

  /** Scores prompts in one request; each result is handed on as soon as it has been looked at. */
  async #score(
    pairs: readonly EncodedPair[],
    signal: AbortSignal | undefined,
    onResult: (place: number, result: LogLikelihood) => void,
  ): Promise<void> {
    const prompt = pairs.map(({ context, continuation }) => [...context, ...continuation]);
    const { model } = this.#options;
    const body = { model, prompt, temperature: 0, max_tokens: 1, logprobs: 1, seed: SEED, echo: true };
    const answer = await this.#complete(body, prompt.length, signal);
    for (const [place, { context }] of pairs.entries()) {
      const ids = prompt[place] ?? [];
      const scored: ScoredPrompt = { length: ids.length, contextLength: context.length };
      const result = answer.logLikelihood(place, scored);
      this.#checkModel(ids, answer.text(place));
      onResult(place, result);
    }
  }

  async #complete(body: object, count: number, signal: AbortSignal | undefined): Promise<CompletionAnswer> {
    const answer = await this.#client.post(PATH, body, signal);
    return new CompletionAnswer((message, details) => this.#client.error(message, details), answer, count);
  }

  /** @throws EndpointError where the echo of a prompt is another text than its tokens are here */
  #checkModel(ids: readonly number[], echo: string): void {
    const { tokenizer } = this.#options;
    if (this.#isOfModel || !tokenizer || echo === "") return;
    const own = tokenizer.decode(ids, { skipSpecialTokens: true });
    const isSame = readsSameText(own, echo);
    if (isSame === false)
      throw this.#client.error(
        `reads the tokens of ${JSON.stringify(own.slice(0, 60))} as ${JSON.stringify(echo.slice(0, 60))}; give the tokenizer of the model that it serves`,
      );
    this.#isOfModel = isSame ?? false;
  }

  /** A tokenizer that has these texts. */
  async #tokenizerFor(
    texts: readonly string[],
    needsPrefix: boolean,
    signal: AbortSignal | undefined,
  ): Promise<ScoringTokenizer> {
    const { tokenizer } = this.#options;
    if (tokenizer) return tokenizer;
    this.#remote ??= RemoteTokenizer.open(this.#client, this.#limits.concurrency, signal);
    let remote: RemoteTokenizer;
    try {
      remote = await this.#remote;
    } catch (error) {
      // Another call may find the server there.
      this.#remote = null;
      throw error;
    }
    const { bosTokenId, eosTokenId } = remote.special;
    if (needsPrefix && bosTokenId === null && eosTokenId === null)
      throw this.#client.error(
        "does not say by GET /tokenizer_info which token begins a text, and a text without context needs one; give the tokenizer of the model that it serves",
      );
    return remote.knowing(texts, signal);
  }

  /** The context loses its start where both are longer than the server takes beside the token that is generated. */
  #cut({ context, continuation }: EncodedPair): EncodedPair {
    const room = this.#limits.maxLength - 1 - continuation.length;
    if (room < 1)
      throw new EvalError(
        "continuation",
        `has ${continuation.length} tokens, which leaves no room for a context in ${this.#limits.maxLength}; raise maxLength, or leave the row out`,
        { given: continuation.length, expected: this.#limits.maxLength },
      );
    return { context: context.slice(-room), continuation };
  }

  #prompt(tokenizer: ScoringTokenizer, context: string, maxNewTokens: number): readonly number[] {
    const room = this.#limits.maxLength - 1 - maxNewTokens;
    if (room < 1)
      throw new EvalError(
        "maxNewTokens",
        `is ${maxNewTokens}, and leaves no room for a prompt in ${this.#limits.maxLength} tokens; lower it, or raise maxLength`,
        { given: maxNewTokens, expected: this.#limits.maxLength },
      );
    const ids = encodeText(tokenizer, context, this.#limits.addBosToken);
    return (ids.length > 0 ? ids : [prefixToken(tokenizer)]).slice(-room);
  }

  #windows(tokenizer: ScoringTokenizer, text: string): readonly EncodedPair[] {
    const prefix = prefixToken(tokenizer);
    const ids = encodeText(tokenizer, text, this.#limits.addBosToken);
    const isDouble = !this.#limits.scoresBos && ids[0] === prefix;
    const windows = rollingWindows(isDouble ? ids.slice(1) : ids, prefix, this.#limits.windowLength);
    return windows.map(({ context, targets }) => ({ context, continuation: targets }));
  }
}

const isAlike = (one: GenerationRequest, other: GenerationRequest): boolean =>
  one.maxNewTokens === other.maxNewTokens && JSON.stringify(one.until) === JSON.stringify(other.until);
