import { dirname } from "node:path";
import { openSafetensors } from "@helium-lm/nn/io/node";
import { folderFiles, modelFiles, type HubOptions, type ModelFiles } from "../hub/index.ts";

/** Files of a model to be converted: as `modelFiles`, or a safetensors file with its config.json beside it. */
export async function sourceFiles(location: string, hub: HubOptions = {}): Promise<ModelFiles> {
  const isWeightsFile = /\.safetensors(?:\.index\.json)?$/i.test(location) && !/^https?:\/\//.test(location);
  if (!isWeightsFile) return modelFiles(location, hub);
  return { ...(await folderFiles(dirname(location))), openWeights: () => openSafetensors(location) };
}
