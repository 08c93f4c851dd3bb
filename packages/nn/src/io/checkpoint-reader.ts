import type { DType, QuantFormatName } from "@helium-lm/tensor";
import type { UnreadableGgmlType } from "./gguf/ggml-types.ts";
import type { UnreadableDType } from "./safetensors/safetensors-dtype.ts";

/** A tensor of a checkpoint, before its bytes are read. */
export interface TensorInfo {
  readonly name: string;
  /**
   * Element type or block format that `readBytes` gives, or the file's own name of a type that no tensor can hold. A
   * quantised tensor is a matrix.
   */
  readonly dtype: DType | QuantFormatName | UnreadableDType | UnreadableGgmlType;
  readonly shape: readonly number[];
  /** Bytes in the file. */
  readonly storedBytes: number;
}

/** Named tensors in one or several files, read one at a time. */
export interface CheckpointReader {
  names(): readonly string[];
  has(name: string): boolean;
  /** @throws CheckpointError for an unknown name */
  info(name: string): TensorInfo;
  /**
   * The elements as `info(name).dtype`, dense, row-major, little-endian, in a buffer of their own; blocks as they are.
   * Types without a dtype are converted: F64 → f32, I64 and I16 → i32, U64 and U16 → u32.
   *
   * @throws CheckpointError for an unknown name, an unreadable type, a value that does not fit, or bytes that do not come
   */
  readBytes(name: string): Promise<Uint8Array>;
  /**
   * Bytes `begin … end` of what `readBytes` gives, where a file can be read so: in a buffer of their own, or at the start of
   * `into` where it is given and the reader can do that.
   */
  readSlice?(name: string, begin: number, end: number, into?: Uint8Array): Promise<Uint8Array>;
  /** Idempotent; reads after it throw. */
  close(): Promise<void>;
}
