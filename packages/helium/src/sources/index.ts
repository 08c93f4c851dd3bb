export { filesSource, type NamedFiles } from "./files-source.ts";
export { folderSource, type FolderOptions } from "./folder-source.ts";
export { ggufSource } from "./gguf-source.ts";
export { hubSource } from "./hub-source.ts";
export { isGgufSource, readText, type FileSource, type GgufSource, type ModelSource } from "./model-source.ts";
export { pullModel, type PulledModel } from "./pull-model.ts";
export { isGgufLocation, modelSource, type ClonableLocation, type ModelLocation } from "./resolve-source.ts";
export { installedModel, shippedFolder, shippedModels, shippedName, type ShippedModel } from "./shipped-models.ts";
export { urlSource, type UrlOptions } from "./url-source.ts";
