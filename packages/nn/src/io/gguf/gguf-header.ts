import type { ByteSource } from "../bytes/byte-source.ts";
import { quoted, GgufError } from "../../errors.ts";
import { ggmlTypeOf, type GgmlType } from "./ggml-types.ts";
import { GgufCursor } from "./gguf-cursor.ts";
import { decodeScalar, decodeText } from "./gguf-scalars.ts";
import type { TensorPlace } from "../tensor-file.ts";
import {
  arrayId,
  GgufMetadata,
  scalarBytes,
  scalarTypeOf,
  type GgufArray,
  type GgufScalar,
  type GgufScalarType,
} from "./gguf-values.ts";

/** Far above any real file, which has some thousand of each; together they bound what a header makes us keep. */
const limits = { metadata: 2 ** 16, tensors: 2 ** 15, nameBytes: 2 ** 16 - 1, textBytes: 2 ** 24, dimensions: 4 };

/** Where and how the file stores a tensor. */
export interface GgufEntry extends TensorPlace {
  readonly type: GgmlType;
  /** Row-major, as everywhere here: the file's own order of dimensions, reversed. */
  readonly shape: readonly number[];
}

export interface GgufHeader {
  readonly version: number;
  readonly alignment: number;
  readonly metadata: GgufMetadata;
  /** By name, in the order of their bytes. */
  readonly entries: ReadonlyMap<string, GgufEntry>;
}

/**
 * Reads the head of a GGUF file (versions 2 and 3, little-endian): metadata and where each tensor lies. Checked are all
 * counts and lengths against the bytes that are left before anything of that size is made, names, types, alignment, and
 * that tensors fill the data one after the other, without overlap, hole or end beyond the file.
 *
 * @throws GgufError naming the file, what is wrong and the mend
 */
export async function readGgufHeader(source: ByteSource): Promise<GgufHeader> {
  const fail = (reason: string): never => {
    throw new GgufError(source.name, `${reason}; download or convert the file again`);
  };
  const cursor = new GgufCursor(source, fail);
  if (cursor.size < 24) fail(`has ${cursor.size} bytes, but a GGUF file has at least 24`);
  await cursor.fill(24);
  const version = readVersion(cursor, fail);
  const tensorCount = count(cursor, "number of tensors", limits.tensors, 24, fail);
  const metadataCount = count(cursor, "number of metadata values", limits.metadata, 13, fail);
  const values = await readMetadata(cursor, metadataCount, fail);
  const metadata = new GgufMetadata(source.name, values);
  const alignment = readAlignment(metadata, fail);
  const found = await readTensors(cursor, tensorCount, alignment, fail);
  const dataBegin = alignUp(cursor.position, alignment);
  const entries = found.map(({ name, type, shape, offset, bytes }) => {
    const begin = dataBegin + offset;
    if (begin + bytes > cursor.size)
      fail(`tensor ${quoted(name)} needs bytes ${begin} … ${begin + bytes}, but the file ends after ${cursor.size}`);
    return [name, { type, shape, begin, end: begin + bytes }] as const;
  });
  entries.sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  checkCover(entries, dataBegin, alignment, fail);
  return { version, alignment, metadata, entries: new Map(entries) };
}

/** The next multiple of `alignment`. */
export function alignUp(position: number, alignment: number): number {
  return Math.ceil(position / alignment) * alignment;
}

type Fail = (reason: string) => never;

function readVersion(cursor: GgufCursor, fail: Fail): number {
  const magic = String.fromCharCode(...cursor.take(4));
  if (magic !== "GGUF") fail(`starts with ${quoted(magic)}, not "GGUF"`);
  const version = cursor.u32();
  if (version === 2 || version === 3) return version;
  if (version !== 0 && (version & 0xffff) === 0) return fail("is big-endian, which is not supported");
  return fail(`is of version ${version}, read are 2 and 3`);
}

/** A count of things that take at least `leastBytes` each. */
function count(cursor: GgufCursor, what: string, limit: number, leastBytes: number, fail: Fail): number {
  const given = cursor.u64(`the ${what}`);
  if (given > limit) return fail(`claims ${given} as the ${what}, but the limit is ${limit}`);
  if (given * leastBytes > cursor.remaining)
    return fail(`claims ${given} as the ${what}, which do not fit into the ${cursor.remaining} bytes that follow`);
  return given;
}

async function readMetadata(
  cursor: GgufCursor,
  entries: number,
  fail: Fail,
): Promise<ReadonlyMap<string, GgufScalar | GgufArray>> {
  const values = new Map<string, GgufScalar | GgufArray>();
  let textBytes = 0;
  for (let n = 0; n < entries; n++) {
    const key = await readName(cursor, `the key of metadata value ${n}`, fail);
    if (values.has(key)) fail(`metadata ${quoted(key)} appears twice`);
    const subject = `metadata ${quoted(key)}`;
    if (cursor.available < 4) await cursor.fill(4);
    const id = cursor.u32();
    if (id === arrayId) {
      values.set(key, await readArray(cursor, subject, fail));
      continue;
    }
    const type = scalarTypeOf(id) ?? fail(`${subject} has the unknown type ${id}`);
    if (type === "string") {
      const text = await readText(cursor, subject, limits.textBytes - textBytes, fail);
      textBytes += text.length;
      values.set(key, { type, value: text });
    } else {
      values.set(key, { type, value: await readFixed(cursor, type, subject, fail) });
    }
  }
  return values;
}

async function readFixed(
  cursor: GgufCursor,
  type: Exclude<GgufScalarType, "string">,
  subject: string,
  fail: Fail,
): Promise<GgufScalar["value"]> {
  const bytes = scalarBytes[type];
  if (cursor.available < bytes) await cursor.fill(bytes);
  const taken = cursor.take(bytes);
  if (type === "bool" && (taken[0] ?? 0) > 1) fail(`${subject} is the bool ${taken[0]}, which must be 0 or 1`);
  return decodeScalar(type, taken);
}

/** Passes over an array, after its length was found to fit. */
async function readArray(cursor: GgufCursor, subject: string, fail: Fail): Promise<GgufArray> {
  if (cursor.available < 12) await cursor.fill(12);
  const id = cursor.u32();
  if (id === arrayId) fail(`${subject} is an array of arrays, which is not supported`);
  const itemType = scalarTypeOf(id) ?? fail(`${subject} is an array of the unknown type ${id}`);
  const length = cursor.u64(`the length of ${subject}`);
  const begin = cursor.position;
  const leastBytes = itemType === "string" ? 8 : scalarBytes[itemType];
  if (length > cursor.remaining / leastBytes)
    fail(`${subject} claims ${length} items, which do not fit into the ${cursor.remaining} bytes that follow`);
  if (itemType !== "string") {
    cursor.skip(length * leastBytes);
    return { type: "array", itemType, length, begin, end: cursor.position };
  }
  for (let n = 0; n < length;) {
    n += cursor.skipTexts(length - n);
    if (n === length) break;
    // One that the window does not hold whole.
    if (cursor.available < 8) await cursor.fill(8);
    const bytes = cursor.u64(`the length of an item of ${subject}`);
    if (bytes > cursor.remaining) fail(`item ${n} of ${subject} claims ${bytes} bytes, but ${cursor.remaining} follow`);
    cursor.skip(bytes);
    n++;
  }
  return { type: "array", itemType, length, begin, end: cursor.position };
}

async function readName(cursor: GgufCursor, subject: string, fail: Fail): Promise<string> {
  const name = await readText(cursor, subject, limits.nameBytes, fail);
  return name.length > 0 ? name : fail(`${subject} is empty`);
}

async function readText(cursor: GgufCursor, subject: string, limit: number, fail: Fail): Promise<string> {
  if (cursor.available < 8) await cursor.fill(8);
  const bytes = cursor.u64(`the length of ${subject}`);
  if (bytes > cursor.remaining) fail(`${subject} claims ${bytes} bytes, but ${cursor.remaining} follow`);
  if (bytes > limit) fail(`${subject} claims ${bytes} bytes, but the limit is ${limit}`);
  if (cursor.available < bytes) await cursor.fill(bytes);
  return decodeText(cursor.take(bytes)) ?? fail(`${subject} is not UTF-8`);
}

function readAlignment(metadata: GgufMetadata, fail: Fail): number {
  const given = metadata.get("general.alignment");
  if (given === undefined) return 32;
  const { value } = given as GgufScalar;
  const isPower = typeof value === "number" && value >= 8 && value <= 2 ** 20 && (value & (value - 1)) === 0;
  if (given.type === "u32" && isPower) return value;
  const shown = given.type === "array" ? "an array" : `${given.type} ${String(value).slice(0, 40)}`;
  return fail(`general.alignment is ${shown}, expected a u32 power of two from 8 to 2^20`);
}

interface FoundTensor {
  readonly name: string;
  readonly type: GgmlType;
  readonly shape: readonly number[];
  /** From the start of the data. */
  readonly offset: number;
  readonly bytes: number;
}

async function readTensors(
  cursor: GgufCursor,
  tensors: number,
  alignment: number,
  fail: Fail,
): Promise<readonly FoundTensor[]> {
  const names = new Set<string>();
  const found: FoundTensor[] = [];
  for (let n = 0; n < tensors; n++) {
    const name = await readName(cursor, `the name of tensor ${n}`, fail);
    if (names.has(name)) fail(`tensor ${quoted(name)} appears twice`);
    names.add(name);
    const subject = `tensor ${quoted(name)}`;
    if (cursor.available < 4) await cursor.fill(4);
    const rank = cursor.u32();
    if (rank > limits.dimensions) fail(`${subject} has ${rank} dimensions, but the limit is ${limits.dimensions}`);
    if (cursor.available < 8 * rank + 12) await cursor.fill(8 * rank + 12);
    const dimensions = Array.from({ length: rank }, (_, axis) => cursor.u64(`dimension ${axis} of ${subject}`));
    const id = cursor.u32();
    const type = ggmlTypeOf(id) ?? fail(`${subject} has the unknown block type ${id}`);
    const offset = cursor.u64(`the offset of ${subject}`);
    if (offset % alignment !== 0) fail(`${subject} starts at ${offset}, which is not a multiple of ${alignment}`);
    found.push({
      name,
      type,
      shape: dimensions.toReversed(),
      offset,
      bytes: byteLength(dimensions, type, subject, fail),
    });
  }
  return found;
}

function byteLength(dimensions: readonly number[], type: GgmlType, subject: string, fail: Fail): number {
  const [columns = 1] = dimensions;
  if (columns % type.blockSize !== 0)
    fail(`${subject} has rows of ${columns}, which do not fill ${type.name} blocks of ${type.blockSize}`);
  // Every partial product stays below 2⁵³, zero lengths included.
  const elements = dimensions.reduce((product, size) => (Number.isSafeInteger(product) ? product * size : product), 1);
  const bytes = (elements / type.blockSize) * type.blockBytes;
  if (!Number.isSafeInteger(elements) || !Number.isSafeInteger(bytes))
    fail(`${subject} has ${type.name} [${dimensions.toReversed().join(", ")}], which is too large`);
  return bytes;
}

/** Tensors follow one another, each at the next multiple of the alignment. Bytes after the last one are let be. */
function checkCover(
  sorted: readonly (readonly [string, GgufEntry])[],
  dataBegin: number,
  alignment: number,
  fail: Fail,
): void {
  let covered = dataBegin;
  for (const [name, { begin, end }] of sorted) {
    if (begin < covered) fail(`tensor ${quoted(name)} overlaps the one before it by ${covered - begin} bytes`);
    const gap = begin - alignUp(covered, alignment);
    if (gap > 0) fail(`${gap} bytes before tensor ${quoted(name)} belong to no tensor`);
    covered = end;
  }
}
