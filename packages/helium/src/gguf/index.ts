export { ggufArchitectures, type GgufArchitecture } from "./architectures.ts";
export type { FamilyName } from "../families/index.ts";
export { ggufConfig } from "./config-json.ts";
export { GgufCheckpoint } from "./gguf-checkpoint.ts";
export { ggufTensorNames } from "./tensor-names.ts";
export { exportGguf, type GgufDType, type GgufExportOptions, type GgufModel, type GgufTensorReport } from "./export.ts";
export { UnwritableTokenizerError } from "../errors.ts";
export { ggufPreTokenizers, type GgufPreTokenizer } from "./tokenizer/pre-tokenizers.ts";
export { ggufTokenizerMetadata } from "./tokenizer/write-tokenizer.ts";
