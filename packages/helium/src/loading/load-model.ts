import { createBackend, type Backend } from "@helium-lm/tensor";
import { CheckpointWeights, WeightsError, type CheckpointReader } from "@helium-lm/nn";
import { DecoderConfig, type DecoderTraits } from "../config/index.ts";
import { ModelLoadError } from "../errors.ts";
import type { GenerationConfig } from "../generation/index.ts";
import { generationConfigOf } from "./read-generation-config.ts";
import { autoClassOf, resolveArchitecture } from "../heads/architectures.ts";
import { headNames, heads, ModelForCausalLM, type HeadModels, type HeadName } from "../heads/index.ts";
import { rehearse } from "./rehearse.ts";
import { weightBytes } from "./weight-bytes.ts";
import { resolveLoadOptions, type LoadOptions, type ResolvedLoadOptions } from "./load-options.ts";
import { headPaths } from "../model/head-definition.ts";
import type { PreTrainedModel } from "../model/pretrained-model.ts";
import { readText, type ModelSource } from "../sources/model-source.ts";
import { modelSource, type ModelLocation } from "../sources/resolve-source.ts";

export type { LoadOptions, LoadProgress, TensorProgress } from "./load-options.ts";

/**
 * Loads a model with the given head.
 *
 * The trunk's tensors must all be there; the head's own may be missing only with `freshHead`. What the checkpoint
 * holds beyond that is listed in `model.loadReport.unused`, matrices in block formats that the backend has no kernels for
 * in `model.loadReport.slow`. A failed load leaves nothing allocated. The caller disposes the model, which frees its
 * weights, and its backend unless one was given.
 *
 * @param location folder, `.gguf` file, http(s) URL of either, repository of the hub (`org/name`, `org/name@revision`,
 *   `org/name:file.gguf`), installed small model (`helium-nano`), files chosen in a page, or a source
 * @throws ModelLoadError (a HubError for a repository), ConfigError, CheckpointError, WeightsError, BackendError
 *
 * @example
 * using model = await loadModel("causal-lm", "models/helium-nano", { backend: "cpu" });
 * console.log(model.config.modelType); // helium
 */
export async function loadModel<H extends HeadName>(
  head: H,
  location: ModelLocation,
  options: LoadOptions = {},
): Promise<HeadModels[H]> {
  const resolved = resolveLoadOptions(options);
  const source = await modelSource(location, resolved.hub);
  return withBackend(resolved, async (backend, needs) => {
    const config = await loadConfig(source);
    // The small files come before the weights, so that a damaged one is found before much is read.
    const generationConfig = await generationConfigOf(source, () => config);
    const reader = await weightsOf(source);
    try {
      needs(weightBytes(reader, resolved.dtype));
      const model = await buildModel(head, config, generationConfig, await backend, reader, resolved);
      return model;
    } finally {
      await reader.close();
    }
  });
}

/** @throws ModelLoadError for what gives files alone, which is enough for a tokenizer */
function weightsOf(source: Partial<ModelSource>): Promise<CheckpointReader> {
  if (source.openWeights) return source.openWeights();
  throw new ModelLoadError(source.location ?? "source", "has files but no weights; add an openWeights() method");
}

/**
 * Builds a model on the backend given, or on one of its own, which starts meanwhile and may wait to be told what bytes the weights
 * take; that one is freed when building fails.
 */
async function withBackend<M extends PreTrainedModel>(
  { backend, threads, codegen }: ResolvedLoadOptions,
  build: (backend: Promise<Backend>, needs: (bytes: number) => void) => Promise<M>,
): Promise<M> {
  const ofBackend = { ...(threads !== undefined && { threads }), ...(codegen !== undefined && { codegen }) };
  if (backend !== null && typeof backend === "object") {
    const [name] = Object.keys(ofBackend);
    if (name !== undefined)
      throw new ModelLoadError(
        name,
        `cannot be set for a backend that was given; create that backend with its ${name}`,
        { given: ofBackend[name as keyof typeof ofBackend] },
      );
    return build(Promise.resolve(backend), () => undefined);
  }
  let needs: (bytes: number) => void = () => undefined;
  let needsNothing: (reason: unknown) => void = () => undefined;
  const needBytes = new Promise<number>((resolve, reject) => ([needs, needsNothing] = [resolve, reject]));
  const own = createBackend(backend, { ...ofBackend, ...(backend === "auto" && { needBytes }) });
  // Failures are told where they are awaited; until then they are no unhandled rejections.
  for (const coming of [own, needBytes]) coming.catch(() => undefined);
  try {
    const model = await build(own, needs);
    model.ownBackend(await own);
    return model;
  } catch (error) {
    needsNothing(error);
    await own.then(
      (started) => started.dispose(),
      () => undefined,
    );
    throw error;
  }
}

/**
 * The config of a model.
 *
 * @throws ModelLoadError when there is none, ConfigError for one that no family fits
 * @example
 * const { vocabSize } = await loadConfig(await modelSource("models/helium-nano"));
 * console.log(vocabSize); // 6144
 */
export async function loadConfig(source: ModelSource): Promise<DecoderConfig> {
  const text = await readText(source, "config.json");
  if (text === null) {
    const mend = /^https?:/i.test(source.location)
      ? "the files under a URL cannot be listed, so give the URL of its .gguf file if it has one"
      : "give a folder with config.json and model.safetensors, or with a GGUF file";
    throw new ModelLoadError(source.location, `has no config.json; ${mend}`, { location: source.location });
  }
  return DecoderConfig.fromJSON(text, { fileName: `${source.location}/config.json` });
}

async function buildModel<H extends HeadName>(
  head: H,
  config: DecoderConfig,
  generationConfig: GenerationConfig,
  backend: Backend,
  reader: CheckpointReader,
  { dtype, embeddingDType, strictDtype, kvDType, computeDType, freshHead, onProgress, signal }: ResolvedLoadOptions,
): Promise<HeadModels[H]> {
  const definition = heads[head];
  const names = new Set(reader.names());
  const ownPaths = new Set(headPaths(definition, config));
  const { embedding, lmHead } = config.traits.weights;
  const isTable = (path: string): boolean => [embedding, lmHead].some((name) => `.${path}`.endsWith(`.${name}.weight`));
  let loaded = 0;
  const asked = {
    dtype: (path: string) => (isTable(path) ? embeddingDType : dtype),
    ...(strictDtype && { strictDtype }),
    resolve: (path: string) => nameInCheckpoint(path, names, config.traits),
  };
  const weights = new CheckpointWeights(backend, reader, {
    ...asked,
    ...(signal && { signal }),
    ...(freshHead && {
      fresh: {
        accepts: (path: string) => ownPaths.has(path),
        std: config.initializerRange,
        seed: freshHead.seed,
      },
    }),
    onTensor: ({ path }) => onProgress?.({ phase: "load", tensor: path, loaded: ++loaded, total: names.size }),
  });
  const shared = { head, config, generationConfig, backend, reader, computeDType, kvDType };
  const rehearsed = rehearse({ ...shared, weights: asked });
  try {
    const model = await definition.load({ config, source: weights, computeDType });
    model.trunk.kvDType = kvDType;
    model.loadReport = weights.report();
    if (model instanceof ModelForCausalLM) model.generationConfig = generationConfig;
    await rehearsed;
    return model;
  } catch (error) {
    await weights.abandon();
    const isHeadMissing = error instanceof WeightsError && ownPaths.has(error.subject) && !weights.has(error.subject);
    throw isHeadMissing ? headMissing(error, head, config, names) : error;
  }
}

/** What to say where the head that is asked for is not in the checkpoint: which one is, and what loads it. */
function headMissing(
  error: WeightsError,
  asked: HeadName,
  config: DecoderConfig,
  names: ReadonlySet<string>,
): WeightsError {
  const [className, head] = headOf(config, names);
  const { checkpoint } = heads[head];
  const loader = autoClassOf(head);
  const named = className === null ? "" : ` (${className})`;
  const fresh = asked === "causal-lm" ? "" : "; freshHead gives a head that is still to be trained";
  return new WeightsError(
    error.subject,
    `is missing: this checkpoint is ${checkpoint}${named}; load it with ${loader}.fromPretrained${fresh}`,
    { ...error.details, asked, head, loader },
    { cause: error },
  );
}

/** The head of a checkpoint with its class: as config.json names it, else by its tensors. */
function headOf(
  config: DecoderConfig,
  names: ReadonlySet<string>,
): readonly [className: string | null, head: HeadName] {
  const isThere = (head: HeadName): boolean => headPaths(heads[head], config).every((path) => names.has(path));
  for (const name of config.architectures ?? []) {
    const head = resolveArchitecture(name)?.head;
    if (head !== undefined && isThere(head)) return [name, head];
  }
  return [null, headNames.findLast(isThere) ?? "base"];
}

/**
 * Where a checkpoint keeps the tensor a head asks for. Checkpoints of another head differ by the trunk's prefix, either
 * way; a tied checkpoint may hold the embedding table under the head's name only.
 */
function nameInCheckpoint(path: string, names: ReadonlySet<string>, { weights, tied }: DecoderTraits): string | null {
  const prefix = `${weights.trunk}.`;
  const bare = path.startsWith(prefix) ? path.slice(prefix.length) : path;
  const candidates = [path, bare, prefix + path];
  if (tied && bare === `${weights.embedding}.weight`) candidates.push(`${weights.lmHead}.weight`);
  return candidates.find((name) => names.has(name)) ?? null;
}
