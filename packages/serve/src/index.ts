export { BatchCheck, type BatchCheckOptions, type BatchLineProblem } from "./batches/batch-check.ts";
export {
  BatchLineError,
  batchUrls,
  parseBatchLine,
  readBatchLine,
  type BatchLine,
  type BatchProblem,
  type BatchUrl,
} from "./batches/batch-line.ts";
export type { BatchObject, BatchOrder, BatchStatus, FileObject } from "./batches/batch-object.ts";
export type { BatchCaller, BatchServer, BatchService, FileContent, FileStore } from "./batches/batch-service.ts";
export { isSuccess, notRun, runLine, type BatchOutcome, type RunLineOptions } from "./batches/run-line.ts";
export { readThoughts } from "./chat/read-thoughts.ts";
export { thinkingVariables } from "./chat/thinking-variables.ts";
export { ApiError, type ApiErrorType, type ApiProblem } from "./errors.ts";
export { ModelServer } from "./model-server.ts";
export { modelEntry, type ModelEntryOptions } from "./models/model-entry.ts";
export type { ModelEntry, ModelLease, ModelRegistry, ModelState, RegistryOptions } from "./models/model-registry.ts";
export { ServedModel, type ModelCard, type ServedModelOptions } from "./models/served-model.ts";
export type { ServerLog } from "./server-log.ts";
export type { ServerOptions } from "./server-options.ts";
