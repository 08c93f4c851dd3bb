import { DisposedError } from "@helium-lm/tensor";
import { classify, tag } from "../../encoding/classify.ts";
import { embed, type EmbedRequest } from "../../encoding/embed.ts";
import type { TextRequest } from "../../encoding/read-text.ts";
import { HeadError } from "../../errors.ts";
import type { HeadModels, HeadName } from "../../heads/index.ts";
import type { ContinuationScore, ScoreContinuationsRequest } from "../../scoring/score-continuations.ts";
import type { ScoreTokensRequest, TokenScore } from "../../scoring/score-tokens.ts";
import type { Tokenizer } from "../../tokenizer/index.ts";
import type { EngineHandle } from "../engine-handle.ts";
import type { EngineOptions, EngineStats } from "../engine-options.ts";
import type { Engine } from "../engine.ts";
import type { LoadedPrefixes } from "../prefixes/load-prefixes.ts";
import type { SavePrefixesOptions } from "../prefixes/save-prefixes.ts";
import type { EngineRequest } from "../request.ts";
import { describeModel } from "./describe-model.ts";
import type { InferenceEngine, WorkerModel } from "./inference-engine.ts";
import { submitLater } from "./submit-later.ts";

interface LocalParts {
  readonly model: HeadModels[HeadName];
  /** Frees the model with the engine. */
  readonly ownsModel: boolean;
  /** The model's tokenizer, asked for by the first request that needs it; null where there is none. */
  readonly tokenizer: () => Promise<Tokenizer | null>;
  readonly options: EngineOptions | undefined;
}

/**
 * What other heads keep of a text is of use for no other, and lives as short as the text: it is stored as it is, so that
 * results are those of `forward`.
 */
const otherHeads: EngineOptions = { keepPrefixes: false, kvDType: "f32" };

/** An engine in the caller's thread. */
export class LocalEngine implements InferenceEngine {
  readonly model: WorkerModel;
  readonly #parts: LocalParts;
  readonly #engine: Engine;
  #tokenizer: Tokenizer | null = null;
  /** Requests that wait for it. */
  readonly #waiting = new Set<EngineHandle>();
  #isDisposed = false;

  constructor(parts: LocalParts) {
    const { model, options } = parts;
    this.#parts = parts;
    this.model = describeModel(model);
    this.#engine = model.engine({ ...(model.head !== "causal-lm" && otherHeads), ...options });
  }

  submit(request: EngineRequest): EngineHandle {
    this.#checkLive();
    const needsTokenizer = request.stopStrings ?? request.grammar ?? request.tokenHealing;
    if (!needsTokenizer || request.tokenizer) return this.#engine.submit(request);
    if (this.#tokenizer) return this.#engine.submit({ ...request, tokenizer: this.#tokenizer });
    const handle = submitLater(async () => {
      this.#tokenizer = await this.#parts.tokenizer();
      this.#waiting.delete(handle);
      this.#checkLive();
      return this.#engine.submit({ ...request, ...(this.#tokenizer && { tokenizer: this.#tokenizer }) });
    });
    this.#waiting.add(handle);
    return handle;
  }

  async scoreTokens(request: ScoreTokensRequest): Promise<readonly TokenScore[]> {
    return this.#headed("scoreTokens", "causal-lm").scoreTokens({ ...request, engine: this.#engine });
  }

  async scoreContinuations(request: ScoreContinuationsRequest): Promise<readonly ContinuationScore[]> {
    const model = this.#headed("scoreContinuations", "causal-lm");
    return model.scoreContinuations({ ...request, engine: this.#engine });
  }

  async embed(request: EmbedRequest): Promise<Float32Array> {
    this.#checkLive();
    return embed(this.#parts.model, this.#engine, request);
  }

  async classify(request: TextRequest): Promise<Float32Array> {
    return classify(this.#headed("classify", "sequence-classification"), this.#engine, request);
  }

  async tag(request: TextRequest): Promise<Float32Array> {
    return tag(this.#headed("tag", "token-classification"), this.#engine, request);
  }

  async stats(): Promise<EngineStats> {
    this.#checkLive();
    return this.#engine.stats;
  }

  async freeUnused(): Promise<void> {
    this.#checkLive();
    this.#engine.freeUnused();
  }

  async savePrefixes(options?: SavePrefixesOptions): Promise<readonly Uint8Array[]> {
    this.#checkLive();
    return this.#engine.savePrefixes(options);
  }

  async loadPrefixes(parts: Uint8Array | readonly Uint8Array[]): Promise<LoadedPrefixes> {
    this.#checkLive();
    return this.#engine.loadPrefixes(parts);
  }

  cancel(reason?: unknown): void {
    for (const handle of this.#waiting) handle.cancel(reason);
    this.#engine.cancel(reason);
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#engine.dispose();
    if (this.#parts.ownsModel) this.#parts.model.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** The model, with the head that a call needs. @throws HeadError, DisposedError */
  #headed<H extends HeadName>(call: string, needed: H): HeadModels[H] {
    this.#checkLive();
    const { model } = this.#parts;
    if (model.head !== needed) throw new HeadError(call, model.head, needed);
    // The head's name says which class it is.
    return model as HeadModels[H];
  }

  #checkLive(): void {
    if (this.#isDisposed) throw new DisposedError("InferenceEngine", "was disposed; make a new one");
  }
}
