export { BatchFolder, type BatchFolderOptions } from "./batches/batch-folder.ts";
export {
  BatchFileError,
  batchRequests,
  checkBatchFile,
  refuseProblems,
  type CheckedBatchFile,
} from "./batches/batch-file.ts";
export { BatchJournal, type BatchWork } from "./batches/batch-journal.ts";
export { runBatch, type RunBatchOptions } from "./batches/run-batch.ts";
export { writeLines } from "./batches/write-lines.ts";
export { listen, type Listening, type ListenOptions } from "./listen.ts";
export { pinoLog, type LogLevel } from "./pino-log.ts";
export { serve, type ServedModels, type ServeOptions } from "./serve.ts";
