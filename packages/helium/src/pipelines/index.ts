export { ChatSession, type ChatAnswer, type ChatSessionOptions } from "./chat-session.ts";
export { plainAnswer, type AnswerReader, type AnswerTextKind, type ReadAnswer } from "./read-answer.ts";
export { labelSpans, type LabelSpan } from "./label-spans.ts";
export { paddedBatches, type PaddedBatch } from "./padded-batches.ts";
export {
  timedGeneration,
  type FinishReason,
  type GenerationReport,
  type GenerationRequest,
} from "./timed-generation.ts";
