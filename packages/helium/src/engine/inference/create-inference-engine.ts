import { ModelLoadError } from "../../errors.ts";
import type { HeadModels, HeadName } from "../../heads/index.ts";
import { loadConfig, loadModel, type LoadOptions } from "../../loading/load-model.ts";
import { resolveLoadOptions } from "../../loading/load-options.ts";
import { modelSource, type ModelLocation } from "../../sources/resolve-source.ts";
import { AutoTokenizer, type Tokenizer } from "../../tokenizer/index.ts";
import type { EngineOptions } from "../engine-options.ts";
import { checkpointHead } from "./checkpoint-head.ts";
import type { InferenceEngine } from "./inference-engine.ts";
import { LocalEngine } from "./local-engine.ts";

/** A model that was loaded before; it stays the caller's. */
export interface LoadedModel {
  readonly model: HeadModels[HeadName];
  /** For requests with `stopStrings`, `grammar` or `tokenHealing`. */
  readonly tokenizer?: Tokenizer;
}

/** How the model is loaded, and what its engine keeps; see `LoadOptions` and `EngineOptions`. */
export interface InferenceEngineOptions extends LoadOptions {
  /** What the model is to do; default: as config.json names it in `architectures`. */
  readonly head?: HeadName;
  /** Limits of the engine; default: none. */
  readonly engine?: EngineOptions;
}

/**
 * An engine in the caller's own thread, for service workers, and for runtimes in which no worker starts; its passes are short
 * enough for the event loop to go on between them. Elsewhere `createEngineWorker` keeps the thread free. The caller disposes
 * it, and with it the model, unless that was given.
 *
 * @param location a place as for `loadModel`, or a model that is loaded already, with its tokenizer
 * @throws what loading the model throws; ModelLoadError for options of loading beside a model that is loaded
 * @example
 * using engine = await createInferenceEngine("models/helium-nano", { backend: "cpu", engine: { maxTokens: 16_384 } });
 * const [score] = await engine.scoreTokens({ inputIds: tokenizer.encode("Once upon a time"), from: 3, top: 5 });
 */
export async function createInferenceEngine(
  location: ModelLocation | LoadedModel,
  options: InferenceEngineOptions = {},
): Promise<InferenceEngine> {
  if (isLoaded(location)) return ofLoaded(location, options);
  const { head: asked, engine, ...load } = options;
  const source = await modelSource(location, resolveLoadOptions(load).hub);
  const head = checkpointHead(await loadConfig(source), asked);
  const model = await loadModel(head, source, load);
  let tokenizer: Promise<Tokenizer> | null = null;
  try {
    return new LocalEngine({
      model,
      ownsModel: true,
      tokenizer: () => (tokenizer ??= AutoTokenizer.fromPretrained(source)),
      options: engine,
    });
  } catch (error) {
    model.dispose();
    throw error;
  }
}

const isLoaded = (location: ModelLocation | LoadedModel): location is LoadedModel =>
  typeof (location as Partial<LoadedModel> | null)?.model?.passStates === "function";

function ofLoaded(
  { model, tokenizer = null }: { readonly model: LoadedModel["model"]; readonly tokenizer?: Tokenizer | null },
  { engine, ...load }: InferenceEngineOptions,
): InferenceEngine {
  const [extra] = Object.keys(load);
  if (extra !== undefined)
    throw new ModelLoadError(extra, "cannot be set for a model that is loaded already; load the model with it", {
      given: load[extra as keyof typeof load],
    });
  return new LocalEngine({ model, ownsModel: false, tokenizer: async () => tokenizer, options: engine });
}
