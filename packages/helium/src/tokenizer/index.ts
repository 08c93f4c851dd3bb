export { AutoTokenizer } from "./auto-tokenizer.ts";
export type { BatchEncoding } from "./encode-batch.ts";
export type { ChatTemplateOptions, ChatTemplates } from "./chat/chat-template.ts";
export {
  ChatTemplateError,
  ChatTemplateLimitError,
  type ChatTemplateCap,
  TokenizerError,
  TokenizerFileError,
} from "../errors.ts";
export type { ChatContentPart, ChatMessage } from "./chat/messages.ts";
export type { DecodeOptions, EncodeAsyncOptions, EncodeOptions, StreamDecodeOptions } from "./options.ts";
export type { StreamDecoder } from "./stream-decoder.ts";
export { Tokenizer, type TokenIds } from "./tokenizer.ts";
export type { SpecialTokenName } from "./tokenizer-config.ts";
