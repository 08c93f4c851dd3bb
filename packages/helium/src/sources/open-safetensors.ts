import { SafetensorsFile, ShardedSafetensors, type ByteSource, type CheckpointReader } from "@helium-lm/nn";
import { readText, type FileSource } from "./model-source.ts";

interface SafetensorsPlace extends FileSource {
  readonly location: string;
  /** Opens a file for reads of ranges. */
  open(name: string): Promise<ByteSource>;
}

/** The weights of a place that names no files: shards where there is an index, else one file. @throws CheckpointError */
export async function openSafetensors(place: SafetensorsPlace): Promise<CheckpointReader> {
  const index = await readText(place, "model.safetensors.index.json");
  if (index !== null) return ShardedSafetensors.open(index, (name) => place.open(name), place.location);
  return SafetensorsFile.open(await place.open("model.safetensors"));
}
