import {
  checkedDType,
  checkOptionNames,
  gather,
  mul,
  reshape,
  scope,
  type Backend,
  type DTypeAlias,
  type OptionNames,
  type Tensor,
} from "@helium-lm/tensor";
import {
  assemble,
  disposeAll,
  Embedding,
  KvCache,
  kvDTypes,
  loadNorm,
  PagePool,
  RopeTable,
  type KvDType,
  type Module,
  type Norm,
  type RotaryAngles,
  type StepInputs,
  type WeightSource,
} from "@helium-lm/nn";
import { computeDTypes, type ComputeDType, usualKvDType } from "./storage-dtypes.ts";
import type { DecoderConfig } from "../config/index.ts";
import { DecoderBlock } from "./decoder-block.ts";
import { InputError } from "../errors.ts";
import { blockConfig, ropeTables } from "./block-config.ts";
import { idsTensor, inputShape, type ModelInputs } from "./model-inputs.ts";
import type { PoolOptions } from "../engine/engine-model.ts";
import { rectangleContext, type ContextOf } from "./rectangle-context.ts";
import { disposable, type BaseModelOutput, type OutputFields } from "./model-outputs.ts";
import { checkStepIds, stepPaddingMask } from "./sequence-steps.ts";
import { withCacheRollback } from "./cache-rollback.ts";

export interface CacheOptions {
  /** Storage of keys and values; default: the model's own `kvDType`, else by backend and slots. */
  readonly kvDType?: KvDType | DTypeAlias<KvDType>;
  /** Slots that all rows together will need, if known. */
  readonly slots?: number;
}

const cacheOptions: OptionNames<CacheOptions> = { kvDType: true, slots: true };

/** What a pass over sequences takes beside its inputs. */
export interface PassContext {
  readonly ofLayer: ContextOf;
  /** What it is in other passes too, if it is the same there, see `RecordedWork.run`. */
  readonly operands: readonly object[] | null;
}

interface DecoderParts {
  readonly embedding: Embedding;
  readonly blocks: readonly DecoderBlock[];
  readonly norm: Norm;
  /** One for each set of rotary parameters. */
  readonly ropes: readonly RopeTable[];
}

/** The trunk all heads share: embed → blocks → final norm. */
export class DecoderModel implements Module {
  readonly config: DecoderConfig;
  readonly embedding: Embedding;
  readonly computeDType: ComputeDType;
  /** Storage of keys and values in new caches; null: by backend and slots. */
  kvDType: KvDType | null = null;
  readonly #blocks: readonly DecoderBlock[];
  readonly #norm: Norm;
  readonly #ropes: readonly RopeTable[];

  constructor(
    config: DecoderConfig,
    { embedding, blocks, norm, ropes }: DecoderParts,
    computeDType: ComputeDType = "f32",
  ) {
    this.config = config;
    this.embedding = embedding;
    this.computeDType = checkedDType({ subject: "computeDType" }, computeDType, computeDTypes);
    this.#blocks = blocks;
    this.#norm = norm;
    this.#ropes = ropes;
  }

  /** Asks for the embedding, the layers and the final norm, by the names of `config.traits.weights`. */
  static async load(config: DecoderConfig, source: WeightSource, computeDType?: ComputeDType): Promise<DecoderModel> {
    const { traits } = config;
    const { weights: names } = traits;
    return assemble(async (own) => {
      // All is asked for before anything is waited for, so that the source reads ahead.
      const table = own(Embedding.load(source.at(names.embedding), traits.vocabSize, traits.hiddenSize));
      const layers = Array.from({ length: traits.numHiddenLayers }, (_, l) =>
        own(DecoderBlock.load(source.at(`${names.layers}.${l}`), blockConfig(traits, l))),
      );
      const finalNorm = own(loadNorm(source.at(names.finalNorm), traits.hiddenSize, traits.norm));
      const [embedding, blocks, norm] = [await table, await Promise.all(layers), await finalNorm];
      const ropes = ropeTables(traits).map((rotary) => own(new RopeTable(embedding.weight.backend, rotary)));
      return new DecoderModel(config, { embedding, blocks, norm, ropes }, computeDType);
    });
  }

  get backend(): Backend {
    return this.embedding.weight.backend;
  }

  /** An empty cache that fits this model. @throws ArgumentError for unknown options and a dtype that is none */
  createCache(options: CacheOptions = {}): KvCache {
    checkOptionNames("createCache", options, cacheOptions);
    const { kvDType, slots } = options;
    const dtype = kvDType ? checkedDType({ subject: "kvDType" }, kvDType, kvDTypes) : this.kvDTypeFor(slots ?? 0);
    return new KvCache(this.backend, { ...this.#cacheShape, dtype, ...(slots && { capacity: slots }) });
  }

  /** Storage of keys and values where nobody asks for one: the model's own, else by backend and slots. */
  kvDTypeFor(slots: number): KvDType {
    return this.kvDType ?? usualKvDType(this.backend, slots);
  }

  /** Pages for any number of sequences of this model. */
  createPool({ dtype, slots, maxTokens }: PoolOptions): PagePool {
    return new PagePool(this.backend, {
      ...this.#cacheShape,
      dtype,
      ...(slots !== undefined && { capacity: slots }),
      ...(maxTokens !== undefined && { maxTokens }),
    });
  }

  /**
   * @throws InputError for inputs that do not fit; the cache is then as it was before
   */
  forward(inputs: ModelInputs): BaseModelOutput {
    const { vocabSize, hiddenSize } = this.config.traits;
    const [B, T] = inputShape(inputs, vocabSize, hiddenSize);
    const useCache = inputs.useCache ?? inputs.pastKeyValues !== undefined;
    if (!useCache && inputs.pastKeyValues) throw new InputError("useCache", "is false, but pastKeyValues was given");
    const cache = useCache ? (inputs.pastKeyValues ?? this.createCache()) : null;
    const past = cache?.length ?? 0;
    try {
      return withCacheRollback(cache, () =>
        scope(() => {
          const view = cache?.extend(B, T);
          const rectangle = { batch: B, length: T, past, cache: cache && view ? { store: cache, view } : null };
          const context = rectangleContext(this.backend, inputs, rectangle, (positions, onDevice) => {
            const angles = this.#angles(positions, onDevice);
            return (layer) => this.#anglesOf(layer, angles);
          });
          return disposable({ ...this.#states(B, T, context, inputs), pastKeyValues: cache });
        }),
      );
    } catch (error) {
      if (!inputs.pastKeyValues) cache?.dispose();
      throw error;
    }
  }

  /**
   * What attention needs of the sequences of a pass, by layer. Beside `inputs` a pass takes its data from here alone.
   *
   * @throws InputError for an id outside the vocabulary
   */
  passContext(inputs: StepInputs): PassContext {
    const { steps, slots, tables, queryStarts, lengths } = inputs;
    const pool = steps[0]?.sequence.pool;
    if (!pool) throw new RangeError("DecoderModel: a pass without sequences");
    checkStepIds(steps, this.config.traits.vocabSize);
    const positions = steps.flatMap((step) => step.positions);
    const angles = this.#angles(positions, inputs.positions);
    const mask = stepPaddingMask(this.backend, steps);
    const isOwn = mask !== null || angles.some((one) => one.positions !== inputs.positions);
    const shared = {
      mask,
      maskIsComplete: false,
      runs: steps.map(({ ids, sequence }) => ({ count: ids.length, length: sequence.length })),
      outputWeights: false,
    };
    return {
      ofLayer: (layer) => ({
        ...shared,
        rope: this.#anglesOf(layer, angles),
        paged: { slots, tables, queryStarts, lengths, pages: pool.layer(layer) },
      }),
      operands: isOwn ? null : [pool, ...angles.flatMap(({ cos, sin }) => [cos, sin])],
    };
  }

  /**
   * A pass over any number of sequences: the hidden states `[M, C]` of the tokens `inputs.outputs`, after the final norm;
   * null where there are none. Their keys and values are in the sequences' pages then.
   */
  pass(inputs: StepInputs, { ofLayer }: PassContext): Tensor | null {
    return scope(() => {
      let x = this.#scaled(this.embedding.forward(inputs.ids, this.computeDType)); // [N, C]
      this.#blocks.forEach((block, layer) => {
        const { output } = block.forward(x, ofLayer(layer));
        x.dispose();
        x = output;
      });
      const { tokens, outputs } = inputs.size;
      if (outputs === 0) return null;
      return this.#norm.forward(outputs === tokens ? x : gather(x, inputs.outputs));
    });
  }

  dispose(): void {
    disposeAll(this.embedding, ...this.#blocks, this.#norm, ...this.#ropes);
  }

  get #cacheShape(): { readonly layers: number; readonly kvHeads: number; readonly headDim: number } {
    const { numHiddenLayers: layers, numKeyValueHeads: kvHeads, headDim } = this.config.traits;
    return { layers, kvHeads, headDim };
  }

  /** `[B, T, C]` */
  #embed({ inputIds, inputsEmbeds }: ModelInputs): Tensor {
    if (inputsEmbeds) return this.config.traits.embedScale.rounded ? inputsEmbeds : this.#scaled(inputsEmbeds);
    return this.#scaled(this.embedding.forward(idsTensor(this.backend, inputIds ?? []), this.computeDType));
  }

  #scaled(embedded: Tensor): Tensor {
    const { embedScale } = this.config.traits;
    // A float32 factor, or one rounded to the dtype of the embeddings, is what `mul` makes of the number by itself.
    return embedScale.value === 1 ? embedded : mul(embedded, embedScale.value);
  }

  /** States of a rectangle, `[B, T, C]` each. */
  #states(
    B: number,
    T: number,
    contextOf: ContextOf,
    inputs: ModelInputs,
  ): Omit<OutputFields<BaseModelOutput>, "pastKeyValues"> {
    const { hiddenSize: C } = this.config.traits;
    const wanted = wantedStates(inputs.outputHiddenStates, this.#blocks.length);
    const hiddenStates: (Tensor | null)[] = [];
    const attentions: Tensor[] = [];
    const rows = (x: Tensor): Tensor => reshape(x, [B, T, C]);
    let x = reshape(this.#embed(inputs), [B * T, C]);
    this.#blocks.forEach((block, layer) => {
      hiddenStates.push(wanted(layer) ? rows(x) : null);
      const { output, weights } = block.forward(x, contextOf(layer));
      if (weights) attentions.push(weights);
      // A state nobody asked for is freed as soon as the next one exists.
      x.dispose();
      x = output;
    });
    const lastHiddenState = rows(this.#norm.forward(x));
    hiddenStates.push(wanted(this.#blocks.length) ? lastHiddenState : null);
    return {
      lastHiddenState,
      hiddenStates:
        inputs.outputHiddenStates === undefined || inputs.outputHiddenStates === false ? null : hiddenStates,
      attentions: inputs.outputAttentions ? attentions : null,
    };
  }

  /** One for each set of rotary parameters. */
  #angles(positions: readonly number[], onDevice: Tensor): RotaryAngles[] {
    return this.#ropes.map((table) => table.angles(positions, onDevice));
  }

  /** @param angles one for each set of rotary parameters */
  #anglesOf(layer: number, angles: readonly RotaryAngles[]): RotaryAngles | null {
    return angles[this.config.traits.rope.setOf[layer] ?? -1] ?? null;
  }
}

/** Whether hidden state `index` was asked for; negative indices count from the end. */
function wantedStates(request: ModelInputs["outputHiddenStates"], layers: number): (index: number) => boolean {
  if (typeof request === "boolean" || request === undefined) return () => request === true;
  const indices = new Set([request].flat().map((index) => (index < 0 ? index + layers + 1 : index)));
  for (const index of indices) {
    if (!Number.isInteger(index) || index < 0 || index > layers)
      throw new InputError("outputHiddenStates", `${index} is outside the ${layers + 1} hidden states`, {
        given: index,
      });
  }
  return (index) => indices.has(index);
}
