import { DisposedError, keep, scope, type Backend, type Tensor } from "@helium-lm/tensor";
import {
  assemble,
  disposeAll,
  Linear,
  matrixBytes,
  shareMatrix,
  type KvCache,
  type LoadReport,
  type Matrix,
  type Module,
  type Own,
  type WeightSource,
} from "@helium-lm/nn";
import type { DecoderConfig } from "../config/index.ts";
import type { ComputeDType } from "./storage-dtypes.ts";
import { DecoderModel, type CacheOptions } from "./decoder-model.ts";
import { classNameOf, familyOf } from "../families/index.ts";
import type { ModelInputs } from "./model-inputs.ts";
import { disposable, type ModelOutput } from "./model-outputs.ts";
import { withCacheRollback } from "./cache-rollback.ts";
import { saveModel, type SavedModel, type SaveOptions } from "../convert/save-pretrained.ts";
import { StateDict } from "./state-dict.ts";

/** What a head is built with. */
export interface HeadLoadOptions {
  readonly config: DecoderConfig;
  /** Paths are those of the head's own state dict. */
  readonly source: WeightSource;
  readonly computeDType?: ComputeDType;
}

/** The linear layer of a head, `x·Wᵀ + b` with W `[out, C]`. */
export interface HeadProjection {
  /** Path of the layer in a checkpoint: `score` of `score.weight` and `score.bias`. */
  readonly path: string;
  readonly out: number;
  readonly bias: boolean;
  /** W is the embedding table where the checkpoint has none of that path, and is left out when it is saved. */
  readonly tied: boolean;
  /** The config's scale, divisor and cap apply to its result. */
  readonly scaled: boolean;
}

/** Paths of a head's own weights in a checkpoint. */
export function headPaths(
  { projection }: Pick<HeadDefinition<PreTrainedModel>, "projection">,
  config: DecoderConfig,
): readonly string[] {
  const own = projection(config);
  if (own === null) return [];
  return own.bias ? [`${own.path}.weight`, `${own.path}.bias`] : [`${own.path}.weight`];
}

/** The layer that a head names. */
export const loadProjection = (
  source: WeightSource,
  { hiddenSize }: DecoderConfig,
  { path, out, bias }: HeadProjection,
): Promise<Linear> => Linear.load(source.at(path), { inFeatures: hiddenSize, outFeatures: out, bias });

/** All there is to know of a head beside its class; one line in the table of `heads/index.ts` registers it. */
export interface HeadDefinition<M extends PreTrainedModel> {
  /** What stands behind the family's prefix in `architectures`: `ForCausalLM`. */
  readonly classSuffix: string;
  /** A checkpoint with this head, in words. */
  readonly checkpoint: string;
  /** The layer between hidden states and result, which a checkpoint of another head lacks; null where there is none. */
  readonly projection: (config: DecoderConfig) => HeadProjection | null;
  /** The positions of a row that have a result: each, or the last that is not padding. */
  readonly positions: "every" | "last";
  readonly load: (options: HeadLoadOptions) => Promise<M>;
}

/** A model with a head: config, trunk, state dict. */
export abstract class PreTrainedModel implements Module, Disposable {
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

/** What a head is made of: all is under way at once, and is handed to `own`, see `assemble`. */
interface HeadParts {
  readonly trunk: Promise<DecoderModel>;
  readonly state: StateDict;
  readonly source: WeightSource;
  readonly own: Own;
}

/** Loads the trunk, bare or under its prefix, and what `build` makes of it; a failed load forgets its tensors. */
export async function loadHead<M>(
  { config, source, computeDType }: HeadLoadOptions,
  trunkAt: "root" | "prefix",
  build: (parts: HeadParts) => Promise<M>,
): Promise<M> {
  return assemble(async (own) => {
    const state = own(new StateDict());
    const recorded = state.recording(source);
    const trunkSource = trunkAt === "root" ? recorded : recorded.at(config.traits.weights.trunk);
    const trunk = own(DecoderModel.load(config, trunkSource, computeDType));
    return build({ trunk, state, source: recorded, own });
  });
}
