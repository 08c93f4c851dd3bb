import { createBackend, type Backend } from "@helium-lm/tensor";
import { CheckpointWeights, type CheckpointReader, type KvDType, type MatrixDType } from "@helium-lm/nn";
import { DecoderConfig, type DecoderKnobs } from "./config/index.ts";
import type { ComputeDType } from "./decoder-model.ts";
import { ModelLoadError } from "./errors.ts";
import { generationConfigOf } from "./generation-config.ts";
import { heads, ModelForCausalLM, type HeadModels, type HeadName } from "./heads/index.ts";
import { modelFiles, type DownloadProgress, type HubOptions, type ModelFiles } from "./hub/index.ts";
import type { PreTrainedModel } from "./pretrained-model.ts";

/** Bytes that came from the hub, then tensors that were loaded. */
export type LoadProgress = DownloadProgress | TensorProgress;

export interface TensorProgress {
  readonly phase: "load";
  /** Tensor that was just loaded. */
  readonly tensor: string;
  /** Tensors so far. */
  readonly loaded: number;
  readonly total: number;
}

/** How a model is loaded and, where it is a repository of the hub, had from there. */
export interface LoadOptions extends Omit<HubOptions, "onDownload"> {
  /**
   * A backend, which stays the caller's, or the name of one; default "auto". One that is made by its name is the model's
   * own, and is freed with it: several models that shall share memory and threads are given one backend.
   */
  readonly backend?: Backend | string;
  /** Threads of a backend that is made by its name, as for `createBackend`; default: those that the backend takes itself. */
  readonly threads?: number;
  /** Storage of the matrices; default "auto": as in the file. A block format quantises them while they are read. */
  readonly dtype?: MatrixDType;
  /** Storage of the embedding and the head, which suffer most from few bits; default as `dtype`. */
  readonly embeddingDType?: MatrixDType;
  /** Rows that do not fill a format's blocks are an error; default: `loadReport.fallbacks` lists them. */
  readonly strictDtype?: boolean;
  /** Storage of keys and values; default: on wasm f16 for texts of up to 2,048 tokens and q8_0 beyond, elsewhere f32. */
  readonly kvDType?: KvDType;
  /** How activations are kept; default f32. */
  readonly computeDType?: ComputeDType;
  /** Accept a checkpoint without this head's own weights and initialise them as for training, from this seed. */
  readonly freshHead?: { readonly seed: number };
  readonly onProgress?: (progress: LoadProgress) => void;
}

/**
 * Loads a model with the given head.
 *
 * The trunk's tensors must all be there; the head's own may be missing only with `freshHead`. What the checkpoint
 * holds beyond that is listed in `model.loadReport.unused`, matrices in block formats that the backend has no kernels for
 * in `model.loadReport.slow`. A failed load leaves nothing allocated. The caller disposes the model, which frees its
 * weights, and its backend unless one was given.
 *
 * @param location folder, `.gguf` file, http(s) URL of either, repository of the hub (`org/name`, `org/name@revision`,
 *   `org/name:file.gguf`), or files
 * @throws ModelLoadError (a HubError for a repository), ConfigError, CheckpointError, WeightsError, BackendError
 */
export async function loadModel<H extends HeadName>(
  head: H,
  location: string | URL | ModelFiles,
  options: LoadOptions = {},
): Promise<HeadModels[H]> {
  const files = await modelFiles(location, hubOptionsOf(options));
  return withBackend(options, async (backend) => {
    const config = await loadConfig(files);
    // Small files before the weights: who has these has all.
    const generationConfig = await generationConfigOf(files, config);
    const reader = await files.openWeights();
    try {
      const model = await buildModel(head, config, await backend, reader, options);
      if (model instanceof ModelForCausalLM) model.generationConfig = generationConfig;
      return model;
    } finally {
      await reader.close();
    }
  });
}

/**
 * Builds a model on the backend given, or on one of its own, which starts meanwhile; that one is freed when building fails.
 */
async function withBackend<M extends PreTrainedModel>(
  { backend, threads }: LoadOptions,
  build: (backend: Promise<Backend>) => Promise<M>,
): Promise<M> {
  if (typeof backend === "object") {
    if (threads !== undefined)
      throw new ModelLoadError("threads", "is for a backend that is made here; make the one given with its threads", {
        given: threads,
      });
    return build(Promise.resolve(backend));
  }
  const own = createBackend(backend, threads === undefined ? {} : { threads });
  // Whoever waits for it hears of it.
  own.catch(() => undefined);
  try {
    const model = await build(own);
    model.ownBackend(await own);
    return model;
  } catch (error) {
    await own.then(
      (started) => started.dispose(),
      () => undefined,
    );
    throw error;
  }
}

/** The part of the options that is about the hub. */
export function hubOptionsOf({ onProgress, ...options }: LoadOptions): HubOptions {
  return { ...options, ...(onProgress && { onDownload: onProgress }) };
}

/** The model's config. @throws ModelLoadError when there is none, ConfigError */
export async function loadConfig(files: ModelFiles): Promise<DecoderConfig> {
  const text = await files.readText("config.json");
  if (text === null)
    throw new ModelLoadError(
      files.location,
      "holds no config.json; name a folder with config.json and model.safetensors",
      {
        location: files.location,
      },
    );
  return DecoderConfig.fromJSON(text, { fileName: `${files.location}/config.json` });
}

async function buildModel<H extends HeadName>(
  head: H,
  config: DecoderConfig,
  backend: Backend,
  reader: CheckpointReader,
  {
    dtype = "auto",
    embeddingDType = dtype,
    strictDtype,
    kvDType,
    computeDType,
    freshHead,
    onProgress,
    signal,
  }: LoadOptions,
): Promise<HeadModels[H]> {
  const definition = heads[head];
  const names = new Set(reader.names());
  const headPaths = new Set(definition.headPaths(config.knobs.weights));
  const { embedding, lmHead } = config.knobs.weights;
  const isTable = (path: string): boolean => [embedding, lmHead].some((name) => `.${path}`.endsWith(`.${name}.weight`));
  let loaded = 0;
  const weights = new CheckpointWeights(backend, reader, {
    dtype: (path) => (isTable(path) ? embeddingDType : dtype),
    ...(strictDtype && { strictDtype }),
    ...(signal && { signal }),
    resolve: (path) => nameInCheckpoint(path, names, config.knobs),
    ...(freshHead && {
      fresh: {
        accepts: (path: string) => headPaths.has(path),
        std: config.initializerRange,
        seed: freshHead.seed,
      },
    }),
    onTensor: ({ path }) => onProgress?.({ phase: "load", tensor: path, loaded: ++loaded, total: names.size }),
  });
  try {
    const model = await definition.load({ config, source: weights, ...(computeDType && { computeDType }) });
    model.trunk.kvDType = kvDType ?? null;
    model.loadReport = weights.report();
    return model;
  } catch (error) {
    await weights.abandon();
    throw error;
  }
}

/**
 * Where a checkpoint keeps the tensor a head asks for. Checkpoints of another head differ by the trunk's prefix, either
 * way; a tied checkpoint may hold the embedding table under the head's name only.
 */
function nameInCheckpoint(path: string, names: ReadonlySet<string>, { weights, tied }: DecoderKnobs): string | null {
  const prefix = `${weights.trunk}.`;
  const bare = path.startsWith(prefix) ? path.slice(prefix.length) : path;
  const candidates = [path, bare, prefix + path];
  if (tied && bare === `${weights.embedding}.weight`) candidates.push(`${weights.lmHead}.weight`);
  return candidates.find((name) => names.has(name)) ?? null;
}
