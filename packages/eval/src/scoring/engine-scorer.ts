import { mapBounded, type KvDType } from "@helium-lm/nn";
import type { ContinuationScore, Engine, ModelForCausalLM, Tokenizer } from "@helium-lm/helium";
import { EvalError } from "../errors.ts";
import { cutAt } from "./cut-at.ts";
import { encodePair, encodeText, prefixToken, type AddBosToken, type EncodedPair } from "./encode-pair.ts";
import { planGroups, runGroups } from "./plan-groups.ts";
import { rememberingTokenizer } from "./remembering-tokenizer.ts";
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

export interface EngineScorerOptions {
  readonly model: ModelForCausalLM;
  readonly tokenizer: Tokenizer;
  /** What reports call the model; default: its class. */
  readonly name?: string;
  /** Whether a text begins with the BOS token; default: as the tokenizer does it. */
  readonly addBosToken?: boolean;
  /** Tokens that a pass reads of a text at most; longer contexts lose their start. Default: the model's context. */
  readonly maxLength?: number;
  /** Tokens of a pass over all texts; default 512. */
  readonly budget?: number;
  /** Storage of keys and values; default f32, whatever the model was loaded with, so that scores are the model's own. */
  readonly kvDType?: KvDType;
  /** Tokens whose keys and values are kept; default: enough for two of the longest texts, and at least 4,096. */
  readonly maxTokens?: number;
  /**
   * In perplexity a text whose tokenizer gives it a BOS token is scored with that token too, as lm-evaluation-harness does;
   * default: it is not.
   */
  readonly scoresBos?: boolean;
  /** What else answers depend on and reports should say, such as the dtype of the weights. */
  readonly facts?: Scorer["description"];
}

const BUDGET = 512;
const LEAST_TOKENS = 4096;
/** Contexts under way at once: enough to fill passes with the ends of questions whose start is shared. */
const CONCURRENT = 16;

/**
 * Scores texts with a model of this process. Requests with one context are one: it is computed once, and all the answers
 * go on from it, letters in the same pass. Starts that contexts share, such as examples, are computed once and kept while
 * there is room.
 *
 * Log-probabilities are those of an f32 softmax over the logits. The model stays the caller's; `dispose` frees the keys and
 * values.
 */
export class EngineScorer implements Scorer, Disposable {
  readonly name: string;
  readonly #options: EngineScorerOptions;
  readonly #addBosToken: AddBosToken;
  readonly #maxLength: number;
  #engine: Engine | null = null;
  #capacity = 0;

  /** @throws EvalError for a length that the model does not have */
  constructor(options: EngineScorerOptions) {
    const { model, addBosToken = null, maxLength = model.config.maxPositionEmbeddings } = options;
    if (!Number.isInteger(maxLength) || maxLength < 1 || maxLength > model.config.maxPositionEmbeddings)
      throw new EvalError(
        "maxLength",
        `is ${String(maxLength)}; expected 1 to the ${model.config.maxPositionEmbeddings} positions of the model`,
        { given: maxLength, expected: model.config.maxPositionEmbeddings },
      );
    this.#options = options;
    this.name = options.name ?? model.constructor.name;
    this.#addBosToken = addBosToken;
    this.#maxLength = maxLength;
  }

  get description(): Scorer["description"] {
    const { model, facts } = this.#options;
    return {
      ...facts,
      backend: model.backend.name,
      weightBytes: model.weightBytes,
      maxLength: this.#maxLength,
      addBosToken: this.#addBosToken,
      softmaxDType: "float32",
    };
  }

  async loglikelihood(
    requests: readonly LogLikelihoodRequest[],
    { signal, onResult }: ScoringOptions<LogLikelihood> = {},
  ): Promise<readonly LogLikelihood[]> {
    const { model } = this.#options;
    const tokenizer = rememberingTokenizer(this.#options.tokenizer);
    const pairs = requests.map(({ context, continuation }) =>
      this.#cut(encodePair(tokenizer, context, continuation, this.#addBosToken)),
    );
    const engine = this.#engineFor(longestOf(pairs));
    const groups = planGroups(pairs, PAGE);
    const results: LogLikelihood[] = [];
    await runGroups(groups, CONCURRENT, async ({ context: inputIds, continuations, requests: own }) => {
      const scores = await model.scoreContinuations({ inputIds, continuations, engine, ...(signal && { signal }) });
      for (const [i, request] of own.entries()) {
        const result = toResult(scores[i]);
        results[request] = result;
        onResult?.(request, result);
      }
    });
    return results;
  }

  async rollingLoglikelihood(
    requests: readonly RollingRequest[],
    { signal, onResult }: ScoringOptions<RollingLogLikelihood> = {},
  ): Promise<readonly RollingLogLikelihood[]> {
    const { model } = this.#options;
    const texts = requests.map(({ text }) => this.#windows(text));
    const longest = Math.max(0, ...texts.flat().map(({ context, targets }) => context.length + targets.length));
    const engine = this.#engineFor(longest);
    return mapBounded(texts, CONCURRENT, async (windows, place) => {
      let logprob = 0;
      let tokens = 0;
      for (const { context, targets } of windows) {
        const inputIds = [...context, ...targets];
        const scores = await model.scoreTokens({
          inputIds,
          from: context.length,
          engine,
          ...(signal && { signal }),
        });
        for (const score of scores) logprob += score.logprob;
        tokens += targets.length;
      }
      const result = { logprob, tokens };
      onResult?.(place, result);
      return result;
    });
  }

  async generateUntil(
    requests: readonly GenerationRequest[],
    { signal, onResult }: ScoringOptions<string> = {},
  ): Promise<readonly string[]> {
    const { tokenizer } = this.#options;
    const prompts = requests.map(({ context, maxNewTokens }) => this.#prompt(context, maxNewTokens));
    const longest = Math.max(0, ...prompts.map(({ length }, i) => length + (requests[i]?.maxNewTokens ?? 0)));
    const engine = this.#engineFor(longest);
    // Texts that begin alike follow one another, so that their start is there when the next one comes.
    const groups = planGroups(
      prompts.map((context) => ({ context, continuation: [] })),
      PAGE,
    );
    const results: string[] = [];
    await runGroups(groups, CONCURRENT, async (group) => {
      for (const request of group.requests) {
        const { until = [], maxNewTokens = 0 } = requests[request] ?? {};
        const handle = engine.submit({
          inputIds: group.context,
          generationConfig: {},
          eosTokenId: this.#ends(),
          doSample: false,
          maxNewTokens,
          ...(until.length > 0 && { stopStrings: until, tokenizer }),
          ...(signal && { signal }),
        });
        const { ids } = await handle.result;
        const text = cutAt(this.#textBehind(group.context, ids), until);
        results[request] = text;
        onResult?.(request, text);
      }
    });
    return results;
  }

  /** Frees the keys and values that are kept; the scorer makes them anew where it is used again. */
  dispose(): void {
    this.#engine?.dispose();
    this.#engine = null;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** The context loses its start where both are longer than a pass may read; the last token is not read. */
  #cut({ context, continuation }: EncodedPair): EncodedPair {
    const room = this.#maxLength + 1 - continuation.length;
    if (room < 1)
      throw new EvalError(
        "continuation",
        `has ${continuation.length} tokens, the model reads ${this.#maxLength}; raise maxLength, or leave the row out`,
        { given: continuation.length, expected: this.#maxLength },
      );
    return { context: context.slice(-room), continuation };
  }

  #prompt(context: string, maxNewTokens: number): readonly number[] {
    const room = this.#maxLength - maxNewTokens;
    if (room < 1)
      throw new EvalError(
        "maxNewTokens",
        `is ${maxNewTokens}, and leaves no room for a prompt in the ${this.#maxLength} tokens of the model; lower it`,
        { given: maxNewTokens, expected: this.#maxLength },
      );
    const { tokenizer } = this.#options;
    const ids = encodeText(tokenizer, context, this.#addBosToken);
    return (ids.length > 0 ? ids : [prefixToken(tokenizer)]).slice(-room);
  }

  #windows(text: string) {
    const { tokenizer, scoresBos = false } = this.#options;
    const prefix = prefixToken(tokenizer);
    const ids = encodeText(tokenizer, text, this.#addBosToken);
    const isDouble = !scoresBos && ids[0] === prefix;
    return rollingWindows(isDouble ? ids.slice(1) : ids, prefix, this.#maxLength);
  }

  /** Tokens that end a text: the tokenizer's EOS, and those that the model's generation config names. */
  #ends(): readonly number[] {
    const { model, tokenizer } = this.#options;
    const named = model.generationConfig.eosTokenId ?? [];
    const all = [tokenizer.eosTokenId, ...(typeof named === "number" ? [named] : named)];
    return [...new Set(all.filter((id) => id !== null))];
  }

  /** The new text as it stands behind the prompt, so that a space between the two is not lost. */
  #textBehind(prompt: readonly number[], ids: readonly number[]): string {
    const { tokenizer } = this.#options;
    const decode = (tokens: readonly number[]): string => tokenizer.decode(tokens, { skipSpecialTokens: true });
    return decode([...prompt, ...ids]).slice(decode(prompt).length);
  }

  /** An engine with room for two texts of this length, and with as much for the starts that are kept. */
  #engineFor(longest: number): Engine {
    const {
      model,
      budget = BUDGET,
      kvDType = "f32",
      maxTokens = Math.max(LEAST_TOKENS, 2 * (longest + PAGE)),
    } = this.#options;
    if (this.#engine && maxTokens <= this.#capacity) return this.#engine;
    this.#engine?.dispose();
    this.#capacity = maxTokens;
    this.#engine = model.engine({ budget, maxTokens, kvDType });
    return this.#engine;
  }
}

/** Tokens of a page of keys and values, which are kept together. */
const PAGE = 64;

const longestOf = (pairs: readonly EncodedPair[]): number =>
  Math.max(0, ...pairs.map(({ context, continuation }) => context.length + continuation.length));

const toResult = (score: ContinuationScore | undefined): LogLikelihood => ({
  logprob: score?.logprob ?? NaN,
  isGreedy: score?.isGreedy ?? false,
});
