export {
  blobSource,
  bytesSource,
  createByteSource,
  readAll,
  type ByteSource,
  type RangeReader,
} from "./byte-source.ts";
export type { PartMemory } from "./part-rooms.ts";
export { ReadAhead, type ComingParts, type PartsToRead, type ReadAheadOptions } from "./read-ahead.ts";
export { slicesOf, type ReadSlice } from "./slices-of.ts";
export type { CheckpointReader, TensorInfo } from "./checkpoint-reader.ts";
export { ByteSourceError, CheckpointError, SafetensorsError } from "./errors.ts";
export * from "./gguf/index.ts";
export { jsonExcess, type JsonAllowance } from "./json-excess.ts";
export { IdleTimer } from "./idle-timer.ts";
export { fetchSource, type FetchSourceOptions } from "./fetch-source.ts";
export { isPage } from "./fetch-whole.ts";
export { isSafetensorsDType, type SafetensorsDType, type UnreadableDType } from "./safetensors-dtype.ts";
export { parseSafetensorsHeader, type SafetensorsEntry, type SafetensorsHeader } from "./safetensors-header.ts";
export { SafetensorsFile } from "./safetensors-reader.ts";
export {
  writeSafetensors,
  type ByteSink,
  type SafetensorsWriteOptions,
  type TensorToWrite,
} from "./safetensors-writer.ts";
export { ShardedSafetensors } from "./sharded-safetensors.ts";
export { planShards, writeShardedSafetensors, type ShardedWriteOptions } from "./sharded-writer.ts";
