import type { EmbedRequest } from "../../encoding/embed.ts";
import type { TextRequest } from "../../encoding/read-text.ts";
import type { GenerationConfig } from "../../generation/options/generation-config.ts";
import type { GrammarSpec } from "../../grammar/grammar-spec.ts";
import type { HeadName } from "../../heads/index.ts";
import type { ContinuationScore, ScoreContinuationsRequest } from "../../scoring/score-continuations.ts";
import type { ScoreTokensRequest, TokenScore } from "../../scoring/score-tokens.ts";
import type { EngineHandle } from "../engine-handle.ts";
import type { EngineStats } from "../engine-options.ts";
import type { LoadedPrefixes } from "../prefixes/load-prefixes.ts";
import type { SavePrefixesOptions } from "../prefixes/save-prefixes.ts";
import type { EngineRequest } from "../request.ts";

/** What a caller is told of the model of an engine. */
export interface WorkerModel {
  readonly modelType: string;
  readonly head: HeadName;
  /** Names of the classes of a head that classifies; null for another head. */
  readonly id2label: Readonly<Record<number, string>> | null;
  readonly vocabSize: number;
  readonly maxPositionEmbeddings: number;
  readonly hiddenSize: number;
  /** Name of the backend that computes. */
  readonly backend: string;
  /** Tokens that end a text where a request names no others. */
  readonly eosTokenIds: readonly number[];
  /** Defaults of requests, from generation_config.json or config.json; null for a head that does not generate. */
  readonly generationConfig: GenerationConfig | null;
}

/**
 * A request without what is a function: none can cross to a worker, and an engine has its model's own tokenizer for
 * `stopStrings`, `grammar` and `tokenHealing`.
 */
export interface WorkerRequest extends Omit<
  EngineRequest,
  "assistantModel" | "logitsProcessors" | "stoppingCriteria" | "prefixAllowedTokensFn" | "tokenizer" | "grammar"
> {
  /** What the new text has to be; it is compiled where the model is. */
  readonly grammar?: GrammarSpec | null;
}

/**
 * A model that computes any number of texts at once, wherever it runs: in a worker (`createEngineWorker`), or in the caller's
 * thread (`createInferenceEngine`). What runs at the same time shares passes, and nothing that a call gives depends on what
 * runs beside it. What the model's head cannot do is refused with a HeadError.
 */
export interface InferenceEngine extends Disposable {
  /** Facts of the model. */
  readonly model: WorkerModel;

  /** Goes on with a text; as `engine.submit`. @throws DisposedError; EngineWorkerError when the worker has ended by itself */
  submit(request: WorkerRequest): EngineHandle;

  /**
   * ln P of each token of a text from `from` on, its rank, and the likeliest tokens in its place; as `model.scoreTokens`.
   *
   * @throws GenerationError, LogitsError, HeadError; the signal's reason when aborted
   */
  scoreTokens(request: ScoreTokensRequest): Promise<readonly TokenScore[]>;

  /**
   * ln P of each of some continuations of one text, which is computed once; as `model.scoreContinuations`.
   *
   * @throws as `scoreTokens`
   */
  scoreContinuations(request: ScoreContinuationsRequest): Promise<readonly ContinuationScore[]>;

  /**
   * A text as one vector `[C]`, or `[dimensions]`: its hidden states after the final norm, pooled and normalised. Any head
   * will do.
   *
   * @throws GenerationError; the signal's reason when aborted
   */
  embed(request: EmbedRequest): Promise<Float32Array>;

  /** Logits `[labels]` of a text, in the order of `model.id2label`. @throws as `embed`; HeadError */
  classify(request: TextRequest): Promise<Float32Array>;

  /** Logits `[T · labels]` of the tokens of a text, row after row. @throws as `embed`; HeadError */
  tag(request: TextRequest): Promise<Float32Array>;

  /** What the engine has done and is doing. */
  stats(): Promise<EngineStats>;

  /** Frees what nobody uses now; as `engine.freeUnused`. */
  freeUnused(): Promise<void>;

  /** The starts of texts that are kept, as the parts of a file; as `engine.savePrefixes`. */
  savePrefixes(options?: SavePrefixesOptions): Promise<readonly Uint8Array[]>;

  /** Takes over what `savePrefixes` gave; as `engine.loadPrefixes`. @throws PrefixFileError, and then nothing is taken */
  loadPrefixes(parts: Uint8Array | readonly Uint8Array[]): Promise<LoadedPrefixes>;

  /** Cancels all texts that are gone on with, see `EngineHandle.cancel`. */
  cancel(reason?: unknown): void;

  /** Ends all requests with a DisposedError, and frees what belongs to the engine; a second call does nothing. */
  dispose(): void;
}
