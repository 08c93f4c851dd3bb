export { BatchWorker, type BatchWorkerOptions, type WorkerCounts } from "./batch-worker.ts";
export type { ModelLine } from "./line-queues.ts";
export { redisAddress, type RedisAddress } from "./redis-address.ts";
export { RedisConnection, type RedisConnectionOptions } from "./redis-connection.ts";
export { RedisError } from "./redis-error.ts";
export { submitBatch, type SubmitBatchOptions } from "./submit-batch.ts";
