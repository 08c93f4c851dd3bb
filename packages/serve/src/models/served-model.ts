import {
  AutoTokenizer,
  GenerationConfig,
  loadConfig,
  modelSource,
  TokenVocabulary,
  type DecoderConfig,
  type InferenceEngine,
  type ModelLocation,
  type Tokenizer,
  type WorkerRequest,
} from "@helium-lm/helium";

/** What the server knows of a model beside its engine. */
export interface ModelCard {
  readonly config: DecoderConfig;
  readonly tokenizer: Tokenizer;
  readonly generationConfig: GenerationConfig;
}

/** Config, tokenizer and generation config of a model, wherever it lies; no weights are read. */
export async function readModelCard(location: ModelLocation): Promise<ModelCard> {
  const source = await modelSource(location);
  const [config, tokenizer, generationConfig] = await Promise.all([
    loadConfig(source),
    AutoTokenizer.fromPretrained(source),
    GenerationConfig.fromPretrained(source),
  ]);
  return { config, tokenizer, generationConfig };
}

/** What a served model is made with beside its card and engine. */
export interface ServedModelOptions {
  /** Tokens whose keys and values its engine keeps, of all texts together; default: no limit. */
  readonly kvTokens?: number | null;
  /** When it was loaded, in seconds since 1970. */
  readonly created?: number;
  /** Default: the tokenizer's own. */
  readonly chatTemplate?: string | null;
  /** Options of the engine for texts whose requests do not say otherwise. */
  readonly engineDefaults?: Partial<WorkerRequest>;
}

/** A model that requests go to: its engine, with what turns texts into token ids and back. The registry owns it. */
export class ServedModel implements ModelCard, Disposable {
  readonly id: string;
  /** When it was loaded, in seconds since 1970. */
  readonly created: number;
  readonly engine: InferenceEngine;
  readonly config: DecoderConfig;
  readonly tokenizer: Tokenizer;
  readonly generationConfig: GenerationConfig;
  /** A chat template in place of the tokenizer's own; null: that one. */
  readonly chatTemplate: string | null;
  /** Longest text, prompt and completion together. */
  readonly contextLength: number;
  /** Ids that end a completion, unless the request says otherwise. */
  readonly eosTokenIds: readonly number[];
  /** Tokens whose keys and values its engine keeps, of all texts together; null: no limit. */
  readonly kvTokens: number | null;
  /** Options of the engine for texts whose requests do not say otherwise. */
  readonly engineDefaults: Partial<WorkerRequest>;

  constructor(id: string, card: ModelCard, engine: InferenceEngine, options: ServedModelOptions = {}) {
    const { kvTokens = null, created = 0, chatTemplate = null, engineDefaults = {} } = options;
    this.id = id;
    this.created = created;
    this.engine = engine;
    this.kvTokens = kvTokens;
    this.engineDefaults = engineDefaults;
    this.config = card.config;
    this.tokenizer = card.tokenizer;
    this.generationConfig = card.generationConfig;
    this.chatTemplate = chatTemplate;
    this.contextLength = Math.min(card.config.maxPositionEmbeddings, kvTokens ?? Infinity);
    this.eosTokenIds = endsOf(card);
  }

  /** The bytes of each token, for log-probabilities. Made when first asked for. */
  get vocabulary(): TokenVocabulary {
    return TokenVocabulary.of(this.tokenizer, this.config.vocabSize);
  }

  /** The ids of a text; the event loop gets its turn in long ones. */
  async encode(
    text: string,
    { addSpecialTokens, signal }: { readonly addSpecialTokens: boolean; readonly signal?: AbortSignal },
  ): Promise<readonly number[]> {
    const { inputIds } = await this.tokenizer.encodeAsync(text, { addSpecialTokens, ...(signal && { signal }) });
    return inputIds[0] ?? [];
  }

  /** The same model with the engine as somebody sees it. */
  withEngine(engine: InferenceEngine): ServedModel {
    return new ServedModel(this.id, this, engine, this);
  }

  [Symbol.dispose](): void {
    this.engine.dispose();
  }
}

/** Those of the generation config, or else of the config, and the tokenizer's own. */
function endsOf({ config, generationConfig, tokenizer }: ModelCard): readonly number[] {
  const ids = [generationConfig.eosTokenId ?? config.eosTokenId, tokenizer.eosTokenId].flat();
  return [...new Set(ids.filter((id): id is number => typeof id === "number"))];
}
