import { WeightsError } from "@helium-lm/nn";
import {
  type AutoModelClass,
  heads,
  type HeadModels,
  type HeadName,
  modelSource,
  type ModelSource,
  AutoTokenizer,
  type Tokenizer,
} from "@helium-lm/helium";
import type { ShippedModel } from "@helium-lm/helium/sources";
import type { CliIo } from "../terminal/cli-io.ts";
import { backendNotes, fallbackNote, oneThreadNote, slowNote } from "../terminal/load-notes.ts";
import { chosenBackend, type BackendChoice } from "./chosen-backend.ts";
import { countedReader } from "@helium-lm/helium/convert";
import { hubAccess, modelLocation } from "./model-location.ts";
import { loadOptionsOf, type LoadingOptions } from "./loading-options.ts";
import { ProgressLine } from "../terminal/progress-line.ts";
import type { SharedOptions } from "./shared-options.ts";
import { printable } from "../terminal/style.ts";

/** A model with its tokenizer and its own backend; disposing frees all. */
export interface OpenModel<H extends HeadName> extends Disposable {
  readonly location: string;
  readonly model: HeadModels[H];
  readonly tokenizer: Tokenizer;
}

/**
 * Loads what the options name, or the shipped model; on a terminal a slow load shows how far it is. Matrices that are not
 * kept as asked for, or that the backend has no kernels for, are named on stderr, and so is why a backend is slower than it
 * might be.
 *
 * @throws ModelLoadError (HubError for a model of the hub), ConfigError, TokenizerFileError, CheckpointError, WeightsError, BackendError
 */
export async function openModel<H extends HeadName>(
  modelClass: AutoModelClass<H>,
  fallback: ShippedModel,
  options: Pick<SharedOptions, "model" | "json"> & BackendChoice & LoadingOptions,
  io: CliIo,
): Promise<OpenModel<H>> {
  const location = await modelLocation(options.model, fallback, io);
  const access = hubAccess(io, options);
  const source = await modelSource(location, access.options);
  const tokenizer = await AutoTokenizer.fromPretrained(source).finally(() => access.clear());
  const progress = new ProgressLine(io, { label: "loading", quiet: options.json });
  const counted: ModelSource = {
    ...source,
    openWeights: async () => {
      const reader = await source.openWeights().finally(() => access.clear());
      return countedReader(reader, (read, total) => progress.show(read, total));
    },
  };
  const backend = await chosenBackend(options);
  try {
    const model = await modelClass.fromPretrained(counted, {
      backend,
      ...loadOptionsOf(options),
      ...(io.signal && { signal: io.signal }),
    });
    progress.clear();
    const { fallbacks, slow, oneThread } = model.loadReport;
    const ofLoad = [fallbackNote(fallbacks), slowNote(backend, slow), oneThreadNote(oneThread)];
    for (const note of [...backendNotes(backend.info()), ...ofLoad])
      if (note !== null) io.stderr.write(`${printable(note)}\n`);
    const dispose = (): void => {
      model.dispose();
      backend.dispose();
    };
    return { location, model, tokenizer, [Symbol.dispose]: dispose };
  } catch (error) {
    backend.dispose();
    throw error instanceof WeightsError ? withCommand(error, location) : error;
  } finally {
    progress.clear();
  }
}

/** The command for a checkpoint whose head is another one than this command's. */
const commandOf: Partial<Record<HeadName, string>> = {
  "causal-lm": "generate",
  "sequence-classification": "classify",
  "token-classification": "tag",
};

function withCommand(error: WeightsError, location: string): WeightsError {
  const head = error.details["head"];
  const command = typeof head === "string" ? commandOf[head as HeadName] : undefined;
  if (!command) return error;
  const { checkpoint } = heads[head as HeadName];
  return new WeightsError(
    error.subject,
    `is missing: ${location} is ${checkpoint}, which this command does not support; use helium ${command} --model ${location}`,
    { ...error.details, command },
    { cause: error },
  );
}
