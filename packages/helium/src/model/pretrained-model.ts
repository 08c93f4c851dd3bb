import {
  checkedDType,
  checkOptionNames,
  DisposedError,
  keep,
  scope,
  type Backend,
  type OptionNames,
  type Tensor,
} from "@helium-lm/tensor";
import {
  disposeAll,
  kvDTypes,
  matrixBytes,
  shareMatrix,
  type KvCache,
  type KvDType,
  type LoadReport,
  type Matrix,
  type Module,
  type PagePool,
  type StepInputs,
} from "@helium-lm/nn";
import type { DecoderConfig } from "../config/index.ts";
import type { DecoderModel } from "./decoder-model.ts";
import { type CacheOptions } from "./decoder-model.ts";
import type { ClientEngine } from "../engine/engine-client.ts";
import { EngineHandle } from "../engine/engine-handle.ts";
import type { EngineModel, ModelIdentity, PoolOptions } from "../engine/engine-model.ts";
import type { EngineOptions } from "../engine/engine-options.ts";
import { Engine } from "../engine/engine.ts";
import type { EngineRequest } from "../engine/request.ts";
import { GenerationError, HeadError } from "../errors.ts";
import { classNameOf, familyOf } from "../families/index.ts";
import { identifyModel } from "./identify-model.ts";
import type { ModelInputs } from "./model-inputs.ts";
import { disposable, type ModelOutput } from "./model-outputs.ts";
import { withCacheRollback } from "./cache-rollback.ts";
import { saveModel, type SavedModel, type SaveOptions } from "../convert/save-pretrained.ts";
import type { StateDict } from "./state-dict.ts";

const engineOptions: OptionNames<EngineOptions> = {
  maxTokens: true,
  budget: true,
  kvDType: true,
  keepPrefixes: true,
  replay: true,
  lookahead: true,
  beforePass: true,
};

/** What counts of tokens may be; an engine without a limit has Infinity. */
const engineCounts = { maxTokens: [1, Infinity], budget: [1, Infinity], lookahead: [0, 64] } as const;

/** @throws GenerationError for a count that is none */
function checkEngineCounts(options: EngineOptions): void {
  for (const [name, [least, most]] of Object.entries(engineCounts)) {
    const given = options[name as keyof typeof engineCounts];
    if (given === undefined || given === most || (Number.isInteger(given) && given >= least && given <= most)) continue;
    const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new GenerationError(name, `is ${given}; expected an integer ${range}`, { given, expected: [least, most] });
  }
}

/** A model with a head: config, trunk, state dict, and an engine that computes its texts in shared passes. */
export abstract class PreTrainedModel implements Module, Disposable, EngineModel {
  /** Name of the head in the table of `heads`. */
  abstract readonly head: string;
  /** What stands behind the family's prefix in `architectures`: `ForCausalLM`. */
  protected abstract readonly classSuffix: string;
  readonly config: DecoderConfig;
  readonly trunk: DecoderModel;
  /** Missing and unused keys of the load. */
  loadReport: LoadReport = { missing: [], unused: [] };
  readonly #state: StateDict;
  #ownBackend: Backend | null = null;
  #engine: Engine | null = null;
  #identity: Promise<ModelIdentity> | null = null;
  #disposed = false;
  /** Saves that still read the weights. */
  #saves = 0;

  constructor(trunk: DecoderModel, state: StateDict) {
    this.config = trunk.config;
    this.trunk = trunk;
    this.#state = state;
  }

  get backend(): Backend {
    return this.trunk.backend;
  }

  /** Tokens see those behind them. */
  get isBidirectional(): boolean {
    return !this.config.traits.causal;
  }

  /** True for rotary types whose frequencies follow the longest position of a call. */
  get anglesDependOnLength(): boolean {
    return this.config.traits.rope.sets.some(({ ropeType }) => ropeType === "dynamic" || ropeType === "longrope");
  }

  /** Length beyond which a cache made before is computed again, see `RopeTraits`; null = never. */
  get recomputeBeyond(): number | null {
    return this.config.traits.rope.recomputeBeyond;
  }

  /** Tensors by their path, as in `model.safetensors`. */
  stateDict(): IterableIterator<[string, Matrix]> {
    return this.#state.entries();
  }

  /** Bytes of all weights. */
  get weightBytes(): number {
    return [...this.stateDict()].reduce((sum, [, matrix]) => sum + matrixBytes(matrix), 0);
  }

  /**
   * An empty cache of keys and values that fits this model, for `pastKeyValues`: a pass computes only what is not in it. The
   * caller disposes it.
   *
   * @throws DisposedError, ArgumentError
   * @example
   * using cache = model.createCache();
   * for (const inputIds of [[[1, 588, 1027]], [[42]]]) model.forward({ inputIds, pastKeyValues: cache }).dispose();
   * console.log(cache.length); // 4
   */
  createCache(options?: CacheOptions): KvCache {
    this.checkLive("createCache");
    return this.trunk.createCache(options);
  }

  /**
   * The engine that computes this model's `generate` and `stream` calls: those that run at the same time share forward
   * passes. It keeps nothing of a text that has ended, and where passes are recorded some memory for the next call
   * (`freeUnused`); it is freed with the model.
   */
  get ownEngine(): Engine {
    this.#engine ??= new Engine(this, { keepPrefixes: false });
    return this.#engine;
  }

  /**
   * An engine with a limit on the keys and values it keeps, for `engine.submit(request)`, `generate({ engine })` and
   * `stream({ engine })`; the caller disposes it.
   *
   * @throws GenerationError for unknown options, and for those outside their domain
   * @example
   * using engine = model.engine({ maxTokens: 16_384 });
   * const answers = await Promise.all(prompts.map((inputIds) => model.generate({ inputIds, engine })));
   */
  engine(options: EngineOptions = {}): Engine {
    this.checkLive("engine");
    checkOptionNames("engine", options, engineOptions, GenerationError);
    checkEngineCounts(options);
    const { kvDType } = options;
    return new Engine(this, {
      ...options,
      ...(kvDType && { kvDType: checkedDType({ subject: "kvDType" }, kvDType, kvDTypes, GenerationError) }),
    });
  }

  /** Goes on with one text, where the head can. @returns a handle that tells of a HeadError where it cannot */
  submit(_request: EngineRequest, _engine: ClientEngine): EngineHandle {
    return new EngineHandle((sink) => {
      sink.fail(new HeadError("submit", this.head, "causal-lm"));
      return () => undefined;
    });
  }

  /** The head's results `[M, out]` for the tokens that a pass looks at, the caller's; null where there are none. */
  pass(inputs: StepInputs): Tensor | null {
    return scope(() => {
      const context = this.trunk.passContext(inputs);
      const [logits = null, ...made] = inputs.work.run(() => {
        const hidden = this.trunk.pass(inputs, context);
        if (!hidden) return [];
        const logits = this.project(hidden);
        return [logits, ...inputs.follow(logits)];
      }, context.operands);
      if (logits && made.length > 0) inputs.noteFollowed({ logits, made: made.map((one) => keep(one)) });
      return logits;
    });
  }

  /** Hidden states `[M, C]` of these tokens after the final norm, the caller's; null where there are none. */
  passStates(inputs: StepInputs): Tensor | null {
    return scope(() => {
      const context = this.trunk.passContext(inputs);
      const [hidden = null] = inputs.work.run(() => {
        const hidden = this.trunk.pass(inputs, context);
        return hidden ? [hidden] : [];
      }, context.operands);
      return hidden;
    });
  }

  /** What the head makes of hidden states, `[..., C]` → `[..., out]`; without a head, the states. */
  abstract project(states: Tensor): Tensor;

  /** What keys and values depend on, for those that are kept in a file; every weight is read once. */
  identify(): Promise<ModelIdentity> {
    this.checkLive("identify");
    this.#identity ??= identifyModel(this);
    return this.#identity;
  }

  kvDTypeFor(slots: number): KvDType {
    return this.trunk.kvDTypeFor(slots);
  }

  createPool(options: PoolOptions): PagePool {
    return this.trunk.createPool(options);
  }

  /**
   * Writes config.json, the weights and, for a model that generates, generation_config.json; see `saveModel`. Node only.
   *
   * What is written is the model as it is when this is called: it may be disposed while the promise is pending, its
   * weights are held until then.
   *
   * @throws DisposedError after `dispose()`, and nothing is written then; CheckpointError where the folder cannot be written
   * @example
   * await model.savePretrained(path);
   * using again = await AutoModelForCausalLM.fromPretrained(path, { backend: "cpu" });
   */
  async savePretrained(folder: string, options?: SaveOptions): Promise<void> {
    this.checkLive("savePretrained", "save it before");
    const saved = this.toSaved();
    const tensors = [...saved.tensors].map(([name, matrix]) => [name, keep(shareMatrix(matrix))] as const);
    this.#saves += 1;
    try {
      await saveModel(folder, { ...saved, tensors }, options);
    } finally {
      disposeAll(...tensors.map(([, matrix]) => matrix));
      this.#saves -= 1;
      this.#freeBackend();
    }
  }

  /** Makes `backend` this model's own: it is freed with the model. */
  ownBackend(backend: Backend): void {
    this.#ownBackend = backend;
  }

  /**
   * Frees all weights, and the backend if loading made it for this model alone (`backend` was a name, or left out): what
   * is left of the model's outputs and caches goes with it. A second call does nothing.
   */
  dispose(): void {
    this.#disposed = true;
    this.#engine?.dispose();
    this.trunk.dispose();
    this.#state.dispose();
    this.#freeBackend();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @throws DisposedError after `dispose()`, naming the call */
  protected checkLive(call: string, mend = "load it again"): void {
    if (this.#disposed) throw new DisposedError(call, `the model was disposed and has no weights left; ${mend}`);
  }

  #freeBackend(): void {
    if (this.#disposed && this.#saves === 0) this.#ownBackend?.dispose();
  }

  /** What `savePretrained` writes. */
  protected toSaved(): SavedModel {
    const architecture = classNameOf(familyOf(this.config.modelType), this.classSuffix);
    return { config: this.config.with({ architectures: [architecture] }), tensors: this.stateDict() };
  }

  /**
   * Runs the trunk and `head` on its result in one scope. When either throws, the caller's cache is as it was before, and
   * one made on the way is freed.
   */
  protected withTrunk<T extends object>(inputs: ModelInputs, head: (lastHiddenState: Tensor) => T): T & ModelOutput {
    this.checkLive("forward");
    return withCacheRollback(inputs.pastKeyValues, () =>
      scope(() => {
        const { lastHiddenState, ...rest } = this.trunk.forward(inputs);
        try {
          return disposable({ ...head(lastHiddenState), ...rest });
        } catch (error) {
          if (!inputs.pastKeyValues) rest.pastKeyValues?.dispose();
          throw error;
        }
      }),
    );
  }
}
