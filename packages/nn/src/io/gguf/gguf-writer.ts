import { dtypes, type DType } from "@helium-lm/tensor";
import { isQuantFormat, quantRowBytes, type QuantFormatName } from "@helium-lm/tensor/quant";
import { quoted, GgufError } from "../../errors.ts";
import type { ByteSink } from "../safetensors/safetensors-writer.ts";
import { ggmlIdOf } from "./ggml-types.ts";
import { alignUp } from "./gguf-header.ts";
import { HeadWriter } from "./gguf-head-writer.ts";
import { arrayId, scalarIds, type GgufList, type GgufScalar } from "./gguf-values.ts";

/** A tensor to be written. */
export interface GgufTensorToWrite {
  readonly name: string;
  /** f32, f16, bf16, i8, i32, or a block format. */
  readonly dtype: DType | QuantFormatName;
  /** Row-major; at most four lengths. */
  readonly shape: readonly number[];
  /** Dense little-endian elements, or blocks; a function is called when their turn comes, one tensor at a time. */
  readonly bytes: Uint8Array | (() => Uint8Array | Promise<Uint8Array>);
}

/** Metadata by key, in the order in which they are written. */
export type GgufMetadataToWrite = ReadonlyMap<string, GgufScalar | GgufList>;

/**
 * Writes one GGUF file, version 3: head, then the tensors in the order given, each at a multiple of
 * `general.alignment` (default 32), the last one padded too. The same input gives the same bytes.
 *
 * @returns bytes written
 * @throws GgufError for a name twice or not writable, a dtype, shape or value that the format cannot hold, or bytes that
 *   do not match the shape
 */
export async function writeGguf(
  metadata: GgufMetadataToWrite,
  tensors: Iterable<GgufTensorToWrite>,
  sink: ByteSink,
): Promise<number> {
  const ordered = [...tensors];
  const alignment = alignmentOf(metadata);
  const lengths = ordered.map(byteLengthOf);
  const head = encodeHead(metadata, ordered, lengths, alignment);
  await sink(head);
  let written = head.length;
  for (const [n, tensor] of ordered.entries()) {
    const bytes = typeof tensor.bytes === "function" ? await tensor.bytes() : tensor.bytes;
    if (bytes.length !== lengths[n])
      throw new GgufError(
        `tensor ${quoted(tensor.name)}`,
        `needs ${lengths[n]} bytes for ${tensor.dtype} [${tensor.shape.join(", ")}], given ${bytes.length}`,
        { expected: lengths[n], given: bytes.length },
      );
    if (bytes.length > 0) await sink(bytes);
    const padding = alignUp(bytes.length, alignment) - bytes.length;
    if (padding > 0) await sink(new Uint8Array(padding));
    written += bytes.length + padding;
  }
  return written;
}

function alignmentOf(metadata: GgufMetadataToWrite): number {
  const given = metadata.get("general.alignment");
  if (given === undefined) return 32;
  if (given.type === "u32" && typeof given.value === "number" && Math.log2(given.value) % 1 === 0 && given.value >= 8)
    return given.value;
  throw new GgufError("general.alignment", "must be a u32 power of two from 8; leave it out for 32", { given });
}

function byteLengthOf({ name, dtype, shape }: GgufTensorToWrite): number {
  const subject = `tensor ${quoted(name)}`;
  if (shape.length > 4 || !shape.every((size) => Number.isSafeInteger(size) && size >= 0))
    throw new GgufError(subject, `has shape [${shape.join(", ")}], expected at most four whole numbers from 0`, {
      shape,
    });
  const columns = shape.at(-1) ?? 1;
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const bytes = rows * (isQuantFormat(dtype) ? quantRowBytes(dtype, columns) : columns * dtypes[dtype].bytes);
  if (Number.isSafeInteger(bytes)) return bytes;
  throw new GgufError(subject, `has shape [${shape.join(", ")}], which is too large`, { shape });
}

function encodeHead(
  metadata: GgufMetadataToWrite,
  tensors: readonly GgufTensorToWrite[],
  lengths: readonly number[],
  alignment: number,
): Uint8Array {
  const head = new HeadWriter();
  head.bytes(new TextEncoder().encode("GGUF"));
  head.u32(3);
  head.u64(BigInt(tensors.length));
  head.u64(BigInt(metadata.size));
  for (const [key, value] of metadata) {
    const subject = `metadata ${quoted(key)}`;
    head.text(key, subject);
    if (value.type === "array") {
      head.u32(arrayId);
      head.u32(scalarIds[value.itemType]);
      head.u64(BigInt(value.items.length));
      for (const item of value.items) head.scalar(value.itemType, item, subject);
    } else {
      head.u32(scalarIds[value.type]);
      head.scalar(value.type, value.value, subject);
    }
  }
  const seen = new Set<string>();
  let offset = 0;
  for (const [n, { name, dtype, shape }] of tensors.entries()) {
    const subject = `tensor ${quoted(name)}`;
    if (seen.has(name)) throw new GgufError(subject, "appears twice; names must be unique", { name });
    seen.add(name);
    const id = ggmlIdOf(dtype);
    if (id === undefined)
      throw new GgufError(subject, `is ${dtype}, which GGUF cannot store; cast it to f32, f16, bf16, i8 or i32`, {
        given: dtype,
      });
    head.text(name, subject);
    head.u32(shape.length);
    for (const size of shape.toReversed()) head.u64(BigInt(size));
    head.u32(id);
    head.u64(BigInt(offset));
    offset += alignUp(lengths[n] ?? 0, alignment);
  }
  head.align(alignment);
  return head.finish();
}
