import { dirname } from "node:path";
import { openSafetensors } from "@helium-lm/nn/io/node";
import { folderSource, modelSource, type HubOptions, type ModelSource } from "@helium-lm/helium";

/** The source of a model to be converted: as `modelSource`, or a safetensors file with its config.json beside it. */
export async function weightsSource(location: string, hub: HubOptions = {}): Promise<ModelSource> {
  const isWeightsFile = /\.safetensors(?:\.index\.json)?$/i.test(location) && !/^https?:\/\//.test(location);
  if (!isWeightsFile) return modelSource(location, hub);
  return { ...(await folderSource(dirname(location))), openWeights: () => openSafetensors(location) };
}
