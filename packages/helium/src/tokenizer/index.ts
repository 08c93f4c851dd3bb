export { AutoTokenizer } from "./auto-tokenizer.ts";
export type { TokenizerFiles } from "./auto-tokenizer.ts";
export type { BatchEncoding } from "./batch-encoding.ts";
export { TokenizerError, TokenizerFileError } from "./errors.ts";
export type { DecodeOptions, EncodeOptions } from "./options.ts";
export type { StreamDecoder } from "./stream-decoder.ts";
export { Tokenizer } from "./tokenizer.ts";
export type { TokenIds } from "./tokenizer.ts";
export type { SpecialTokenName } from "./tokenizer-config.ts";
