import { HeliumLmError } from "@helium-lm/tensor";

/** Weights that are missing, have another shape than asked for, or cannot be stored as wanted. */
export class WeightsError extends HeliumLmError {}

/** A KV cache asked for slots or rows it does not have. */
export class CacheError extends HeliumLmError {}

/** Rotary parameters or positions outside their domain. */
export class RopeError extends HeliumLmError {}

/** Anything wrong with a checkpoint's files; `subject` is the file. */
export class CheckpointError extends HeliumLmError {}

/** Bytes that could not be read or written: a missing file, a short answer, a server that ignores ranges. */
export class ByteSourceError extends CheckpointError {}

/** A lock that another process has, or whose place something else takes; `subject` is its file. */
export class FileLockError extends ByteSourceError {}

/** A journal of other work than is to be done, or one that another process writes; `subject` is its file. */
export class JournalError extends HeliumLmError {}

/** A safetensors file or index that breaks the format. */
export class SafetensorsError extends CheckpointError {}

/** A GGUF file that breaks the format, or a value that the format cannot hold. */
export class GgufError extends CheckpointError {}

/** A name from a file, quoted and cut to a readable length. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}

/** A shape from a file, cut to a readable length. */
export function quotedShape(shape: readonly number[]): string {
  const shown = shape.slice(0, 8).join(", ");
  return shape.length > 8 ? `[${shown}, … ${shape.length} in all]` : `[${shown}]`;
}
