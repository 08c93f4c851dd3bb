export { summarise, type CheckpointSummary } from "./checkpoint-summary.ts";
export { countedReader, type BytesListener } from "./counted-reader.ts";
export { keptTypes, type KeptType } from "./kept-types.ts";
export { kvCacheBytesPerToken } from "./kv-cache-bytes.ts";
export { checkOutput, OutputError } from "./output-path.ts";
export { writeGgufModel, type GgufWriteOptions, type GgufWriteReport, type WrittenTensor } from "./write-gguf-model.ts";
export { writeModelFolder, type FolderWriteOptions, type FolderWriteReport } from "./write-model-folder.ts";
