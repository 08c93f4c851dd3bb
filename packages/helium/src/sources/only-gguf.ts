import { ModelLoadError } from "../errors.ts";
import { ggufModels, hasSafetensors } from "../hub/choose-weights.ts";
import type { ModelSource } from "./model-source.ts";

/** What is asked for last where a config or a tokenizer is wanted, and no other file of it is there. */
const lastAsked = new Set(["config.json", "tokenizer.model"]);

/**
 * What to load from a place whose files can be listed: safetensors where there are any, else its only GGUF model, which
 * brings its own config and tokenizer. Several GGUF models leave the choice to the caller: the files beside them are read as
 * they are, and what only one of the models could answer is refused.
 *
 * @param names of all files there
 * @param open the GGUF model whose (first) file has this name
 * @param choose how the caller names one of several, as the end of a message
 * @throws ModelLoadError from the methods, listing the models
 */
export function orOnlyGguf(
  files: ModelSource,
  names: readonly string[],
  open: (name: string) => ModelSource,
  choose: (name: string) => string,
): ModelSource {
  const firsts = hasSafetensors(names) ? [] : ggufModels(names).map(([first = ""]) => first);
  const [first] = firsts;
  if (first === undefined) return files;
  if (firsts.length === 1) return open(first);
  const refuse = (): never => {
    throw new ModelLoadError(
      files.location,
      `holds ${firsts.length} GGUF models, ${firsts.join(", ")}; ${choose(first)}`,
      { given: firsts },
    );
  };
  return {
    location: files.location,
    readBytes: async (name) => (await files.readBytes(name)) ?? (lastAsked.has(name) ? refuse() : null),
    openWeights: async () => refuse(),
  };
}
