import { HeliumLmError } from "@helium-lm/tensor";

/** Anything wrong with a checkpoint's files; `subject` is the file. */
export class CheckpointError extends HeliumLmError {}

/** Bytes that could not be read or written: a missing file, a short answer, a server that ignores ranges. */
export class ByteSourceError extends CheckpointError {}

/** A safetensors file or index that breaks the format. */
export class SafetensorsError extends CheckpointError {}

/** A name from a file, quoted and cut to a readable length. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}

/** A shape from a file, cut to a readable length. */
export function quotedShape(shape: readonly number[]): string {
  const shown = shape.slice(0, 8).join(", ");
  return shape.length > 8 ? `[${shown}, … ${shape.length} in all]` : `[${shown}]`;
}
