export {
  blobSource,
  bytesSource,
  createByteSource,
  readAll,
  type ByteSource,
  type RangeReader,
} from "./bytes/byte-source.ts";
export type { PartMemory } from "./bytes/buffer-pool.ts";
export { ReadAhead, type ComingParts, type PartsToRead, type ReadAheadOptions } from "./bytes/read-ahead.ts";
export { slicesOf, type ReadSlice } from "./bytes/slices-of.ts";
export type { CheckpointReader, TensorInfo } from "./checkpoint-reader.ts";
export { ByteSourceError, CheckpointError, FileLockError, JournalError, SafetensorsError } from "../errors.ts";
export * from "./gguf/index.ts";
export { jsonExcess, type JsonAllowance } from "./json/json-excess.ts";
export { IdleTimer } from "./bytes/idle-timer.ts";
export { innermostReason } from "./bytes/innermost-reason.ts";
export { pause, retryAfterMs, retrying, TransientFailure, type Patience } from "./bytes/retry.ts";
export { fetchSource, type FetchSourceOptions } from "./bytes/fetch-source.ts";
export { isPage } from "./bytes/fetch-whole.ts";
export { isSafetensorsDType, type SafetensorsDType, type UnreadableDType } from "./safetensors/safetensors-dtype.ts";
export {
  parseSafetensorsHeader,
  type SafetensorsEntry,
  type SafetensorsHeader,
} from "./safetensors/safetensors-header.ts";
export { SafetensorsFile } from "./safetensors/safetensors-reader.ts";
export {
  writeSafetensors,
  type ByteSink,
  type SafetensorsWriteOptions,
  type TensorToWrite,
} from "./safetensors/safetensors-writer.ts";
export { ShardedSafetensors } from "./safetensors/sharded-safetensors.ts";
export type { ShardedFiles } from "./sharded-files.ts";
export type { ElementType, FileFormat, TensorFile, TensorPlace } from "./tensor-file.ts";
export { planShards, writeShardedSafetensors, type ShardedWriteOptions } from "./safetensors/sharded-writer.ts";
