import { checkOptionNames, dtypes, type DType, type OptionNames } from "@helium-lm/tensor";
import { SafetensorsError, quoted } from "../../errors.ts";
import { storedNames } from "./safetensors-dtype.ts";
import { maxHeaderBytes, metadataKey } from "./safetensors-header.ts";

/** A tensor to be written. */
export interface TensorToWrite {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Dense, row-major, little-endian elements; a function is called when their turn comes, one tensor at a time. */
  readonly bytes: Uint8Array | (() => Uint8Array | Promise<Uint8Array>);
}

/** Takes the next bytes of a file; the next chunk comes once the promise is settled. */
export type ByteSink = (chunk: Uint8Array) => Promise<void>;

export interface SafetensorsWriteOptions {
  /** Free text in the header. Default `{ format: "pt" }`, which other readers look for. */
  readonly metadata?: Readonly<Record<string, string>>;
}

const writeOptions: OptionNames<SafetensorsWriteOptions> = { metadata: true };

/**
 * Writes one safetensors file: 8 bytes of length, JSON padded to a multiple of 8, then the data, wide elements first and
 * by name within one width, so that each tensor starts at a multiple of its element size. The same tensors give the same
 * bytes in any order.
 *
 * @returns bytes written
 * @throws SafetensorsError for a name twice or not writable, a bad shape, or bytes that do not match the shape, and
 *   for unknown options
 * @example
 * const chunks = [];
 * const tensors = [{ name: "w", dtype: "f32", shape: [2], bytes: new Uint8Array(Float32Array.of(1, 2).buffer) }];
 * await writeSafetensors(tensors, async (chunk) => void chunks.push(chunk.slice()));
 * const file = await SafetensorsFile.open(bytesSource(await new Blob(chunks).arrayBuffer()));
 * console.log(file.names()); // [ 'w' ]
 */
export async function writeSafetensors(
  tensors: Iterable<TensorToWrite>,
  sink: ByteSink,
  options: SafetensorsWriteOptions = {},
): Promise<number> {
  checkOptionNames("writeSafetensors", options, writeOptions, SafetensorsError);
  const { metadata = { format: "pt" } } = options;
  const ordered = [...tensors].sort(
    (a, b) => dtypes[b.dtype].bytes - dtypes[a.dtype].bytes || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
  const header = encodeHeader(ordered, metadata);
  await sink(header);
  let written = header.length;
  for (const tensor of ordered) {
    const bytes = typeof tensor.bytes === "function" ? await tensor.bytes() : tensor.bytes;
    const expected = byteLengthOf(tensor);
    if (bytes.length !== expected) {
      throw new SafetensorsError(
        `tensor ${quoted(tensor.name)}`,
        `needs ${expected} bytes for ${tensor.dtype} [${tensor.shape.join(", ")}], given ${bytes.length}`,
        { expected, given: bytes.length },
      );
    }
    if (bytes.length > 0) await sink(bytes);
    written += bytes.length;
  }
  return written;
}

/**
 * Bytes of a tensor's data.
 *
 * @throws SafetensorsError for a shape that is not whole numbers from 0 with a product below 2⁵³
 */
export function byteLengthOf({ name, dtype, shape }: TensorToWrite): number {
  const bytes = shape.reduce((product, size) => product * size, dtypes[dtype].bytes);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0) || !Number.isSafeInteger(bytes)) {
    throw new SafetensorsError(
      `tensor ${quoted(name)}`,
      `has shape [${shape.join(", ")}], expected whole numbers from 0`,
      { shape },
    );
  }
  return bytes;
}

function encodeHeader(ordered: readonly TensorToWrite[], metadata: Readonly<Record<string, string>>): Uint8Array {
  const seen = new Set<string>([metadataKey]);
  // Built as text: a tensor may be named like any member of an object.
  const members = [`${JSON.stringify(metadataKey)}:${JSON.stringify(metadata)}`];
  let offset = 0;
  for (const tensor of ordered) {
    const { name, dtype, shape } = tensor;
    if (seen.has(name)) {
      const reason =
        name === metadataKey ? "is the format's own key; rename the tensor" : "appears twice; names must be unique";
      throw new SafetensorsError(`tensor ${quoted(name)}`, reason, { name });
    }
    seen.add(name);
    const end = offset + byteLengthOf(tensor);
    const entry = JSON.stringify({ dtype: storedNames[dtype], shape, data_offsets: [offset, end] });
    members.push(`${JSON.stringify(name)}:${entry}`);
    offset = end;
  }
  const text = `{${members.join(",")}}`;
  // JSON.stringify writes half a surrogate pair as an escape, which readers refuse.
  if (/\\ud[89a-f]/.test(text))
    throw new SafetensorsError("safetensors header", "a name contains half a surrogate pair; rename the tensor");
  const json = new TextEncoder().encode(text);
  const length = Math.ceil(json.length / 8) * 8;
  if (length > maxHeaderBytes) {
    throw new SafetensorsError(
      "safetensors header",
      `would take ${length} bytes, but the limit is ${maxHeaderBytes}; write several files`,
      {
        given: length,
        expected: maxHeaderBytes,
      },
    );
  }
  const header = new Uint8Array(8 + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, 8);
  return header;
}
