import { blobSource, type ByteSource } from "@helium-lm/nn";
import { ModelLoadError } from "../errors.ts";
import { ggufSourceOf } from "./gguf-source.ts";
import type { ModelSource } from "./model-source.ts";
import { orOnlyGguf } from "./only-gguf.ts";
import { openSafetensors } from "./open-safetensors.ts";

/** The files of a checkpoint folder by their names, each in memory or on the user's disk: what a page is given. */
export type NamedFiles = Readonly<Record<string, Blob>>;

const location = "files";

/**
 * A model whose files a user chose in a page: config.json, safetensors and the tokenizer's files, or a GGUF model with all
 * of its shards.
 *
 * @throws from the methods: ModelLoadError for a file that is not among them, and for several GGUF models
 *
 * @example
 * const source = filesSource({ "config.json": configFile, "model.safetensors": weightsFile });
 * console.log((await AutoConfig.fromPretrained(source)).modelType); // helium
 */
export function filesSource(files: NamedFiles): ModelSource {
  const fileOf = (name: string): Blob | undefined => (Object.hasOwn(files, name) ? files[name] : undefined);
  const readBytes = async (name: string): Promise<Uint8Array | null> => {
    const file = fileOf(name);
    return file ? new Uint8Array(await file.arrayBuffer()) : null;
  };
  const open = async (name: string): Promise<ByteSource> => {
    const file = fileOf(name);
    if (file) return blobSource(file, name);
    throw new ModelLoadError(`${location}/${name}`, "is missing; give all files of the checkpoint", {
      given: Object.keys(files),
    });
  };
  return orOnlyGguf(
    { location, readBytes, openWeights: () => openSafetensors({ location, readBytes, open }) },
    Object.keys(files),
    (name) => ggufSourceOf(`${location}/${name}`, name, open),
    (name) => `give one of them alone, such as ${name}`,
  );
}
