import type { AutoModelClass } from "../auto.ts";
import type { HeadModels, HeadName } from "../heads/index.ts";
import { modelFiles } from "../hub/index.ts";
import type { LoadOptions, LoadProgress } from "../load.ts";
import { AutoTokenizer, type Tokenizer } from "../tokenizer/index.ts";
import type { CliIo } from "./cli-io.ts";
import { modelLocation, type ShippedModel } from "./model-location.ts";
import type { SharedOptions } from "./shared-options.ts";

/** A model with its tokenizer and its own backend; disposing frees all. */
export interface OpenModel<H extends HeadName> extends Disposable {
  readonly location: string;
  readonly model: HeadModels[H];
  readonly tokenizer: Tokenizer;
}

/**
 * Loads what the options name, or the shipped model; on a terminal a slow load shows how far it is.
 *
 * @throws ModelLoadError, ConfigError, TokenizerFileError, CheckpointError, WeightsError, BackendError
 */
export async function openModel<H extends HeadName>(
  modelClass: AutoModelClass<H>,
  fallback: ShippedModel,
  options: Pick<SharedOptions, "model" | "backend"> & Pick<LoadOptions, "dtype">,
  io: CliIo,
): Promise<OpenModel<H>> {
  const location = modelLocation(options.model, fallback, io);
  const files = await modelFiles(location);
  const tokenizer = await AutoTokenizer.fromFiles(files);
  const progress = new ProgressLine(io);
  try {
    const model = await modelClass.fromPretrained(files, {
      ...(options.backend && { backend: options.backend }),
      ...(options.dtype && { dtype: options.dtype }),
      ...(io.signal && { signal: io.signal }),
      onProgress: (event) => progress.show(event),
    });
    const { backend } = model;
    const dispose = (): void => {
      model.dispose();
      backend.dispose();
    };
    return { location, model, tokenizer, [Symbol.dispose]: dispose };
  } finally {
    progress.clear();
  }
}

/** A load shorter than this shows nothing, in ms. */
const PATIENCE_MS = 500;

/** A line on stderr that is written over and over, and removed in the end. */
class ProgressLine {
  readonly #io: CliIo;
  readonly #start = performance.now();
  #shown = false;

  constructor(io: CliIo) {
    this.#io = io;
  }

  show({ loaded, total }: LoadProgress): void {
    if (this.#io.stderr.isTTY !== true || performance.now() - this.#start < PATIENCE_MS) return;
    this.#io.stderr.write(`\rloading: ${loaded} of ${total} tensors`);
    this.#shown = true;
  }

  clear(): void {
    if (this.#shown) this.#io.stderr.write("\r\u001b[K");
  }
}
