import type { CheckpointReader, GgufFile, ShardedGguf } from "@helium-lm/nn";

/** A place that gives files by name. Tokenizers and configs need no more. */
export interface FileSource {
  /** The place, for messages: `location + "/config.json"` should mean something to the user. */
  readonly location?: string;
  /** All bytes of a small file; null where there is none of that name. */
  readBytes(name: string): Promise<Uint8Array | null>;
}

/**
 * Where a model is: its files by name, and its weights. `folderSource`, `urlSource`, `hubSource`, `ggufSource` and
 * `filesSource` make them, `modelSource` chooses among these by what the user writes, and an object of your own will do.
 *
 * @example
 * const files = new Map([["config.json", configBytes]]);
 * const source: ModelSource = {
 *   location: "archive.zip",
 *   readBytes: async (name) => files.get(name) ?? null,
 *   openWeights: () => SafetensorsFile.open(bytesSource(weights, "archive.zip/model.safetensors")),
 * };
 * const model = await AutoModelForCausalLM.fromPretrained(source);
 */
export interface ModelSource extends FileSource {
  readonly location: string;
  /** The weights, single or sharded; the caller closes the reader. @throws CheckpointError */
  openWeights(): Promise<CheckpointReader>;
}

/** A model in a GGUF file, which keeps more than files of a checkpoint have words for. */
export interface GgufSource extends ModelSource {
  /** The file, or all files of a split model, with its metadata; the caller closes it. @throws GgufError */
  openGguf(): Promise<GgufFile | ShardedGguf>;
}

/** Whether a source is a GGUF file. */
export const isGgufSource = (source: FileSource): source is GgufSource =>
  typeof (source as Partial<GgufSource>).openGguf === "function";

/** Most bytes of a file that `readBytes` gives: far above any tokenizer.json, far below what would hurt. */
export const MAX_FILE_BYTES = 100_000_000;

/** The text of a file, with every character that it has. */
export const textOf = (bytes: Uint8Array): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

/**
 * The text of a file, with every character that it has; null where there is none of that name.
 *
 * @example
 * const source = await modelSource("models/helium-nano");
 * console.log(JSON.parse(await readText(source, "config.json")).vocab_size); // 6144
 * console.log(await readText(source, "chat_template.jinja")); // null
 */
export async function readText(source: FileSource, name: string): Promise<string | null> {
  const bytes = await source.readBytes(name);
  return bytes === null ? null : textOf(bytes);
}
