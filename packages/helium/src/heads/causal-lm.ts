import {
  div,
  gather,
  mul,
  narrow,
  permute,
  reshape,
  scope,
  tanh,
  tensor,
  type OptionNames,
  type Tensor,
} from "@helium-lm/tensor";
import type { Linear } from "@helium-lm/nn";
import type { DecoderConfig } from "../config/index.ts";
import type { DecoderModel } from "../model/decoder-model.ts";
import type { ClientEngine } from "../engine/engine-client.ts";
import type { EngineHandle } from "../engine/engine-handle.ts";
import type { EngineRequest } from "../engine/request.ts";
import { InputError } from "../errors.ts";
import type { InferOutput, JsonSchema, StandardSchema } from "../grammar/index.ts";
import {
  generate,
  generateSteps,
  type GenerateOptions,
  type GenerateOutput,
  type GenerationConfig,
  type GenerationStep,
} from "../generation/index.ts";
import { generateObject, type GenerateObjectOptions } from "../generation/generate-object.ts";
import { streamText, type StreamTextOptions } from "../generation/stream-text.ts";
import { submit } from "../generation/submit.ts";
import {
  scoreContinuations,
  type ContinuationScore,
  type ContinuationsRequest,
} from "../scoring/score-continuations.ts";
import { scoreTokens, type TokenScore, type TokensRequest } from "../scoring/score-tokens.ts";
import { crossEntropy, IGNORE_INDEX } from "./losses.ts";
import { checkInputNames, modelInputNames, numberRows, rowsShape, type ModelInputs } from "../model/model-inputs.ts";
import type { CausalLMOutput } from "../model/model-outputs.ts";
import {
  loadHead,
  loadProjection,
  type HeadDefinition,
  type HeadLoadOptions,
  type HeadProjection,
} from "../model/head-definition.ts";
import { PreTrainedModel } from "../model/pretrained-model.ts";
import type { SavedModel } from "../convert/save-pretrained.ts";
import type { StateDict } from "../model/state-dict.ts";

export interface CausalLMInputs extends ModelInputs {
  /** Next-token targets `[B][T]`: position t is scored against label t + 1; −100 does not count. */
  readonly labels?: readonly (readonly number[])[];
  /** Divisor of the loss in place of the number of labels that count. */
  readonly numItemsInBatch?: number;
  /** Positions to compute logits for: 0 = all, n = the last n, or a list of positions. Default 0. */
  readonly logitsToKeep?: number | readonly number[];
}

const inputNames: OptionNames<CausalLMInputs> = {
  ...modelInputNames,
  labels: true,
  numItemsInBatch: true,
  logitsToKeep: true,
};

const projection = ({ traits: { tied, weights, vocabSize } }: DecoderConfig): HeadProjection => ({
  path: weights.lmHead,
  out: vocabSize,
  bias: false,
  tied,
  scaled: true,
});

/** Trunk + `lm_head`: logits over the vocabulary, and generation. */
export class ModelForCausalLM extends PreTrainedModel {
  readonly head = "causal-lm";
  protected readonly classSuffix = causalLMHead.classSuffix;
  /** Defaults of `generate`, from generation_config.json or config.json. */
  generationConfig: GenerationConfig = {};
  readonly #lmHead: Linear;

  constructor(trunk: DecoderModel, lmHead: Linear, state: StateDict) {
    super(trunk, state);
    this.#lmHead = lmHead;
  }

  /** With tied embeddings and no `lm_head.weight` of its own the head reads the embedding table. */
  static load(options: HeadLoadOptions): Promise<ModelForCausalLM> {
    return loadHead(options, "prefix", async ({ trunk, state, source, own }) => {
      const { config } = options;
      const layer = projection(config);
      const isShared = layer.tied && !source.has(`${layer.path}.weight`);
      const lmHead = isShared ? null : own(loadProjection(source, config, layer));
      const loaded = await trunk;
      return new ModelForCausalLM(loaded, (await lmHead) ?? loaded.embedding.asLinear(), state);
    });
  }

  /**
   * One pass over `inputIds` `[B][T]`: logits `[B, T, V]` in f32, the scores of each next token; `logitsToKeep: 1` gives those
   * of the last position alone. With `labels` also the mean cross-entropy as `loss`, a scalar.
   *
   * The tensors of the output are the caller's: `output.dispose()` or `using` frees them. Keys and values are kept only where
   * `useCache` or `pastKeyValues` asks for it; that cache is the caller's too.
   *
   * @throws InputError for ids, masks or labels that do not fit, before anything is computed; DisposedError
   * @example
   * using output = model.forward({ inputIds: [[1, 588, 1027]], logitsToKeep: 1 });
   * console.log(output.logits.shape); // [ 1, 1, 6144 ]
   */
  forward(inputs: CausalLMInputs): CausalLMOutput {
    checkInputNames(inputs, inputNames);
    return this.withTrunk(inputs, (hidden) => {
      const logits = this.project(keepPositions(hidden, inputs.logitsToKeep ?? 0));
      return { loss: inputs.labels ? this.#loss(logits, inputs.labels, inputs.numItemsInBatch) : null, logits };
    });
  }

  /** As `engine.submit(request)`. @throws DisposedError after `dispose()` */
  override submit(request: EngineRequest, engine: ClientEngine = this.ownEngine): EngineHandle {
    this.checkLive("submit");
    return submit(this, engine, request);
  }

  /**
   * Continues the prompts `inputIds` `[B][T]`, greedily unless `doSample` or `numBeams` says otherwise, until `maxNewTokens` or
   * an end-of-text token. Takes what a tokenizer's call gives, and the options of transformers in camel case.
   *
   * `sequences` are plain arrays of ids, prompt and continuation, so that nothing is to be freed; calls that run at the same
   * time share their passes.
   *
   * @throws GenerationError for options that are unknown or do not fit, and GrammarError for a grammar that cannot be enforced,
   *   before anything is computed; the signal's reason when aborted; DisposedError
   * @example
   * const { sequences } = await model.generate({ inputIds: [tokenizer.encode("Once upon a time")], maxNewTokens: 8 });
   * console.log(tokenizer.decode(sequences[0], { skipSpecialTokens: true }));
   */
  async generate(options: GenerateOptions = {}): Promise<GenerateOutput> {
    this.checkLive("generate");
    return generate(this, options);
  }

  /**
   * As `generate`, token by token: each step has one new token for every prompt. Leaving the loop early stops and frees
   * everything.
   *
   * @throws what `generate` throws
   * @example
   * for await (const { tokens } of model.stream({ inputIds: [tokenizer.encode("Once upon a time")], maxNewTokens: 4 }))
   *   console.log(tokenizer.decode(tokens));
   */
  async *stream(options: GenerateOptions = {}): AsyncGenerator<GenerationStep> {
    this.checkLive("stream");
    yield* generateSteps(this, options);
  }

  /**
   * Continues a text and gives the new text in pieces, as its tokens come: joined, they are what `decode` makes of prompt and
   * continuation together, without the prompt, so that a space between the two is not lost. A piece never ends within a
   * character. Special tokens such as the end of the text are left out. Leaving the loop early stops and frees everything.
   *
   * @param prompt a text, or what `tokenizer.applyChatTemplate` made of a conversation, with `addSpecialTokens: false`
   * @param options the model's `tokenizer`, and the options of `generate` that are about one text
   * @throws GenerationError, TokenizerError, DisposedError; the signal's reason when aborted
   * @example
   * for await (const text of model.streamText("Once upon a time", { tokenizer, maxNewTokens: 64 })) process.stdout.write(text);
   */
  async *streamText(prompt: string, options: StreamTextOptions): AsyncGenerator<string> {
    this.checkLive("streamText");
    yield* streamText(this, prompt, options);
  }

  /**
   * Generates a value that fits a schema: the text can be nothing but JSON that the schema describes. A schema of zod 4, arktype,
   * valibot or another library with Standard Schema gives the value its type, and its own checks are made; a JSON Schema does for
   * the rest. Greedy unless the options say otherwise; at most 1,024 new tokens, unless `maxNewTokens` says otherwise.
   *
   * @param options `schema`, `prompt` or `messages`, the model's `tokenizer`, and the options of `generate` that are about one text
   * @throws GrammarError for a schema that cannot be enforced, which names the keyword; ObjectGenerationError for a value that was
   *   cut off, or that the schema's own checks refuse, with the text; what `generate` throws
   * @example
   * const schema = { type: "object", properties: { city: { enum: ["Paris", "Rome"] } }, required: ["city"] };
   * const value = await model.generateObject({ prompt: "The capital of France as JSON: ", schema, tokenizer });
   * console.log(["Paris", "Rome"].includes(value.city)); // true
   */
  generateObject<Schema extends StandardSchema>(options: GenerateObjectOptions<Schema>): Promise<InferOutput<Schema>>;
  generateObject<Value = unknown>(options: GenerateObjectOptions<JsonSchema>): Promise<Value>;
  async generateObject(options: GenerateObjectOptions<JsonSchema | StandardSchema>): Promise<unknown> {
    this.checkLive("generateObject");
    return generateObject(this, options);
  }

  /**
   * ln P of each of some continuations behind one text, for choosing among answers: the text is computed once, and the
   * continuations go on from copies of its keys and values, in passes shared with all that the engine computes. Answers of
   * one token, such as letters, need no pass of their own.
   *
   * The results are plain numbers, in the order of the continuations; nothing is to be freed.
   *
   * @throws GenerationError for tokens outside the vocabulary, and for texts longer than the context; LogitsError where the
   *   model computes NaN; the signal's reason when aborted; DisposedError
   * @example
   * const inputIds = tokenizer.encode("The capital of France is");
   * const continuations = [" Paris", " Rome"].map((text) => tokenizer.encode(text, { addSpecialTokens: false }));
   * const [paris, rome] = await model.scoreContinuations({ inputIds, continuations });
   * console.log(paris.logprob > rome.logprob);
   */
  async scoreContinuations(request: ContinuationsRequest): Promise<readonly ContinuationScore[]> {
    this.checkLive("scoreContinuations");
    return scoreContinuations(this, request);
  }

  /**
   * ln P of each token of a text behind those before it, from the second one on, with its rank and on request the likeliest
   * tokens in its place: what perplexity is made of. The logits stay on the device, and of 128 tokens at once.
   *
   * @throws GenerationError for tokens outside the vocabulary, and for texts longer than the context; LogitsError where the
   *   model computes NaN; the signal's reason when aborted; DisposedError
   * @example
   * const scores = await model.scoreTokens({ inputIds: tokenizer.encode("Once upon a time") });
   * const mean = scores.reduce((sum, { logprob }) => sum + logprob, 0) / scores.length;
   * const perplexity = Math.exp(-mean);
   */
  async scoreTokens(request: TokensRequest): Promise<readonly TokenScore[]> {
    this.checkLive("scoreTokens");
    return scoreTokens(this, request);
  }

  override dispose(): void {
    this.#lmHead.dispose();
    super.dispose();
  }

  protected override toSaved(): SavedModel {
    return { ...super.toSaved(), generationConfig: this.generationConfig };
  }

  /** `[..., C]` → `[..., V]` */
  override project(hidden: Tensor): Tensor {
    const { logitScale, logitDivisor, finalSoftcap } = this.config.traits;
    let logits = this.#lmHead.forward(hidden);
    if (logitScale !== 1) logits = mul(logits, logitScale);
    if (logitDivisor !== 1) logits = div(logits, logitDivisor);
    if (finalSoftcap !== null) logits = mul(tanh(div(logits, finalSoftcap)), finalSoftcap);
    return logits;
  }

  #loss(logits: Tensor, given: readonly (readonly number[])[], count: number | undefined): Tensor {
    const labels = numberRows("labels", given);
    const [B, T, V] = logits.shape as [number, number, number];
    if (labels.length !== B || labels.some((row) => row.length !== T))
      throw new InputError(
        "labels",
        `expected [${B}][${T}] as the logits, got ${labels.length} rows of ${labels.map((row) => row.length).join(", ")}; use logitsToKeep: 0 with labels`,
      );
    const shifted = labels.flatMap((row) => [...row.slice(1), IGNORE_INDEX]);
    return crossEntropy(reshape(logits, [B * T, V]), shifted, count);
  }
}

/** Hidden states `[B, T, C]` of the wanted positions. */
function keepPositions(hidden: Tensor, keep: number | readonly number[]): Tensor {
  const [, T] = hidden.shape as [number, number, number];
  if (typeof keep === "number") {
    if (!Number.isInteger(keep) || keep < 0)
      throw new InputError("logitsToKeep", `is ${keep}; expected an integer ≥ 0 or a list of positions`, {
        given: keep,
      });
    const n = keep === 0 ? T : Math.min(keep, T);
    return narrow(hidden, 1, T - n, n);
  }
  rowsShape("logitsToKeep", [keep], T);
  return scope(() => {
    const positions = tensor(hidden.backend, keep, { dtype: "i32" });
    return permute(gather(permute(hidden, [1, 0, 2]), positions), [1, 0, 2]); // [B, n, C]
  });
}

export const causalLMHead: HeadDefinition<ModelForCausalLM> = {
  classSuffix: "ForCausalLM",
  checkpoint: "a causal language model",
  projection,
  positions: "every",
  load: (options) => ModelForCausalLM.load(options),
};
