import { mul, scope, type Backend, type Tensor } from "@helium-lm/tensor";
import type { RotaryEmbedding } from "@helium-lm/nn";
import {
  assemble,
  disposeAll,
  Embedding,
  KvCache,
  loadNorm,
  rotaryAngles,
  type AttentionContext,
  type CacheView,
  type KvDType,
  type Module,
  type Norm,
  type WeightSource,
} from "@helium-lm/nn";
import type { DecoderConfig } from "./config/index.ts";
import { DecoderBlock } from "./decoder-block.ts";
import { InputError } from "./errors.ts";
import { usualKvDType } from "./kv-dtype.ts";
import { blockConfig, ropeTables } from "./layer-config.ts";
import { attentionMask, idsTensor, inputShape, numberRows, packedMask, type ModelInputs } from "./model-inputs.ts";
import { disposable, type BaseModelOutput, type OutputFields } from "./outputs.ts";
import { restoringCache } from "./restoring-cache.ts";

/** How activations are kept between ops: f32, or bf16 rounded after each op as a bf16 model in PyTorch does. */
export type ComputeDType = "f32" | "bf16";

export interface CacheOptions {
  /** Storage of keys and values; default: the model's own `kvDType`, else by backend and slots. */
  readonly kvDType?: KvDType;
  /** Slots that all rows together will need, if known. */
  readonly slots?: number;
}

interface DecoderParts {
  readonly embedding: Embedding;
  readonly blocks: readonly DecoderBlock[];
  readonly norm: Norm;
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
  readonly #ropes: readonly RotaryEmbedding[];

  constructor(config: DecoderConfig, { embedding, blocks, norm }: DecoderParts, computeDType: ComputeDType = "f32") {
    this.config = config;
    this.embedding = embedding;
    this.computeDType = computeDType;
    this.#blocks = blocks;
    this.#norm = norm;
    this.#ropes = ropeTables(config.knobs);
  }

  /** Asks for the embedding, the layers and the final norm, by the names of `config.knobs.weights`. */
  static async load(config: DecoderConfig, source: WeightSource, computeDType?: ComputeDType): Promise<DecoderModel> {
    const { knobs } = config;
    const { weights: names } = knobs;
    return assemble(async (own) => {
      const embedding = own(await Embedding.load(source.at(names.embedding), knobs.vocabSize, knobs.hiddenSize));
      const blocks: DecoderBlock[] = [];
      for (let l = 0; l < knobs.numHiddenLayers; l++)
        blocks.push(own(await DecoderBlock.load(source.at(`${names.layers}.${l}`), blockConfig(knobs, l))));
      const norm = own(await loadNorm(source.at(names.finalNorm), knobs.hiddenSize, knobs.norm));
      return new DecoderModel(config, { embedding, blocks, norm }, computeDType);
    });
  }

  get backend(): Backend {
    return this.embedding.weight.backend;
  }

  /** An empty cache that fits this model. */
  createCache({ kvDType, slots }: CacheOptions = {}): KvCache {
    const { numHiddenLayers: layers, numKeyValueHeads: kvHeads, headDim } = this.config.knobs;
    const dtype = kvDType ?? this.kvDType ?? usualKvDType(this.backend, slots ?? 0);
    return new KvCache(this.backend, { layers, kvHeads, headDim, dtype, ...(slots && { capacity: slots }) });
  }

  /**
   * @throws InputError for inputs that do not fit; the cache is then as it was before
   */
  forward(inputs: ModelInputs): BaseModelOutput {
    const { vocabSize, hiddenSize } = this.config.knobs;
    const [B, T] = inputShape(inputs, vocabSize, hiddenSize);
    const useCache = inputs.useCache ?? inputs.pastKeyValues !== undefined;
    if (!useCache && inputs.pastKeyValues) throw new InputError("useCache", "is false, but pastKeyValues was given");
    const cache = useCache ? (inputs.pastKeyValues ?? this.createCache()) : null;
    const past = cache?.length ?? 0;
    try {
      return restoringCache(cache, () =>
        scope(() => {
          const view = cache?.extend(B, T);
          const context = this.#context(inputs, B, T, past, cache && view ? { store: cache, view } : null);
          return disposable({ ...this.#run(this.#embed(inputs), context, inputs), pastKeyValues: cache });
        }),
      );
    } catch (error) {
      if (!inputs.pastKeyValues) cache?.dispose();
      throw error;
    }
  }

  dispose(): void {
    disposeAll(this.embedding, ...this.#blocks, this.#norm);
  }

  /** `[B, T, C]` */
  #embed({ inputIds, inputsEmbeds }: ModelInputs): Tensor {
    const { embedScale } = this.config.knobs;
    if (inputsEmbeds && embedScale.rounded) return inputsEmbeds;
    const embedded = inputsEmbeds ?? this.embedding.forward(idsTensor(this.backend, inputIds ?? []), this.computeDType);
    // A float32 factor, or one rounded to the dtype of the embeddings, is what `mul` makes of the number by itself.
    return embedScale.value === 1 ? embedded : mul(embedded, embedScale.value);
  }

  #run(
    embedded: Tensor,
    contextOf: (layer: number) => AttentionContext,
    inputs: ModelInputs,
  ): Omit<OutputFields<BaseModelOutput>, "pastKeyValues"> {
    const wanted = wantedStates(inputs.outputHiddenStates, this.#blocks.length);
    const hiddenStates: (Tensor | null)[] = [];
    const attentions: Tensor[] = [];
    let x = embedded;
    this.#blocks.forEach((block, layer) => {
      // The caller's own embeddings are given back as a view, which may be disposed with the output.
      hiddenStates.push(wanted(layer) ? (x === inputs.inputsEmbeds ? x.view(x.layout) : x) : null);
      const { output, weights } = block.forward(x, contextOf(layer));
      if (weights) attentions.push(weights);
      // A state nobody asked for is freed as soon as the next one exists; the embedding may be the caller's.
      if (!wanted(layer) && layer > 0) x.dispose();
      x = output;
    });
    const lastHiddenState = this.#norm.forward(x);
    hiddenStates.push(wanted(this.#blocks.length) ? lastHiddenState : null);
    return {
      lastHiddenState,
      hiddenStates:
        inputs.outputHiddenStates === undefined || inputs.outputHiddenStates === false ? null : hiddenStates,
      attentions: inputs.outputAttentions ? attentions : null,
    };
  }

  /** What attention needs, per layer; the tensors behind it are made once per pass. */
  #context(
    inputs: ModelInputs,
    B: number,
    T: number,
    past: number,
    cache: { readonly store: KvCache; readonly view: CacheView } | null,
  ): (layer: number) => AttentionContext {
    const { backend } = this;
    const positions =
      inputs.positionIds === undefined
        ? [Array.from({ length: T }, (_, t) => past + t)]
        : numberRows("positionIds", inputs.positionIds);
    if ((positions.length !== B && positions.length !== 1) || positions.some((row) => row.length !== T))
      throw new InputError(
        "positionIds",
        `expected [${B} or 1][${T}], got ${positions.length} rows of ${positions.map((row) => row.length).join(", ")}`,
      );
    const ropes = this.#ropes.map((rope) => rotaryAngles(backend, rope.cosSin(positions), B));
    let masking = attentionMask(backend, inputs.attentionMask, { batch: B, length: past + T });
    if (!cache && inputs.attentionMask === undefined && inputs.positionIds)
      masking = { mask: packedMask(backend, inputs.positionIds), maskIsComplete: false };
    return (layer) => ({
      rope: ropes[this.config.knobs.rope.setOf[layer] ?? -1] ?? null,
      ...masking,
      cache: cache && { ...cache, layer },
      outputWeights: inputs.outputAttentions ?? false,
    });
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
