import { SafetensorsFile, ShardedSafetensors, type ByteSource, type CheckpointReader } from "@helium-lm/nn";
import { readText, type FileSource } from "./model-source.ts";

interface SafetensorsPlace extends FileSource {
  readonly location: string;
  /** Opens a file for reads of ranges. */
  open(name: string): Promise<ByteSource>;
}

/** Whether a path or URL names weights, or the index of their shards. */
export const isSafetensorsLocation = (location: string): boolean => /\.safetensors(?:\.index\.json)?$/i.test(location);

/**
 * The weights of a place that lists no files.
 *
 * @param file the one that is meant, or an index; default: the shards of the index where there is one, else the only file
 * @throws CheckpointError
 */
export async function openSafetensors(place: SafetensorsPlace, file?: string): Promise<CheckpointReader> {
  const indexName = file ?? "model.safetensors.index.json";
  const index = /\.json$/i.test(indexName) ? await readText(place, indexName) : null;
  if (index !== null) return ShardedSafetensors.open(index, (name) => place.open(name), place.location);
  return SafetensorsFile.open(await place.open(file ?? "model.safetensors"));
}
