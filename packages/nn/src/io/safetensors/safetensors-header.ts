import { SafetensorsError, quoted, quotedShape } from "../../errors.ts";
import { isSafetensorsDType, storedType, type SafetensorsDType } from "./safetensors-dtype.ts";
import { visitStrictMembers, wholeNumber, type JsonValue } from "../json/strict-json.ts";
import type { TensorPlace } from "../tensor-file.ts";

/** The format's own limit on the header, in bytes. */
export const maxHeaderBytes = 100_000_000;

/** Far above any real file: what a header can make us keep stays near its own size. */
const limits = { tensors: 2 ** 17, metadataValues: 2 ** 16, valuesOfTensor: 1024 };

/** The key that is not a tensor. */
export const metadataKey = "__metadata__";

export interface SafetensorsEntry extends TensorPlace {
  readonly stored: SafetensorsDType;
}

export interface SafetensorsHeader {
  /** By name, in the order of their bytes. */
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Bytes of JSON after the first 8, which hold their number as a little-endian u64.
 *
 * @throws SafetensorsError when the file cannot hold them
 */
export function headerLength(file: string, prefix: Uint8Array, fileSize: number): number {
  if (fileSize < 8 || prefix.length < 8) {
    throw new SafetensorsError(
      file,
      `has ${fileSize} bytes, but a safetensors file has at least 8; download it again`,
      {
        fileSize,
      },
    );
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true);
  if (length > maxHeaderBytes) {
    throw new SafetensorsError(
      file,
      `claims a header of ${length} bytes, but the limit is ${maxHeaderBytes}; it is not a safetensors file`,
      {
        given: length,
        expected: maxHeaderBytes,
      },
    );
  }
  if (Number(length) > fileSize - 8) {
    throw new SafetensorsError(
      file,
      `claims a header of ${length} bytes but ends after ${fileSize - 8}; download it again`,
      {
        given: Number(length),
        expected: fileSize - 8,
      },
    );
  }
  return Number(length);
}

/**
 * Checks and reads the JSON of a safetensors file: names with dtype, shape and bytes. The tensors must cover the data
 * exactly: no overlap, no hole, nothing after the last.
 *
 * @throws SafetensorsError naming the file, the tensor and what is wrong
 */
export function parseSafetensorsHeader(file: string, json: Uint8Array, fileSize: number): SafetensorsHeader {
  const fail = (reason: string): never => {
    throw new SafetensorsError(file, `${reason}; download or write the file again`);
  };
  const dataBegin = 8 + json.length;
  const entries: [string, SafetensorsEntry][] = [];
  let metadata: ReadonlyMap<string, string> = new Map();
  const isObject = visitStrictMembers(
    decodeUtf8(json, fail),
    (reason) => fail(`header is not valid JSON: ${reason}`),
    (name) => (name === metadataKey ? limits.metadataValues : limits.valuesOfTensor),
    (name, value) => {
      if (name === metadataKey) {
        metadata = parseMetadata(value, fail);
        return;
      }
      if (entries.length >= limits.tensors) fail(`header lists more than ${limits.tensors} tensors`);
      entries.push([name, parseEntry(value, dataBegin, (reason) => fail(`tensor ${quoted(name)} ${reason}`))]);
    },
  );
  if (!isObject) fail("header must be a JSON object");
  entries.sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  checkCover(entries, dataBegin, fileSize, fail);
  return { entries: new Map(entries), metadata };
}

function decodeUtf8(bytes: Uint8Array, fail: (reason: string) => never): string {
  try {
    // A byte-order mark is kept, and then refused as JSON.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail("header is not UTF-8");
  }
}

function parseEntry(value: JsonValue, dataBegin: number, fail: (reason: string) => never): SafetensorsEntry {
  if (!(value instanceof Map)) return fail("must be a JSON object");
  const fields = value as ReadonlyMap<string, JsonValue>;
  const stored = fields.get("dtype");
  if (typeof stored !== "string" || !isSafetensorsDType(stored)) {
    return fail(`has ${typeof stored === "string" ? `the unknown dtype ${quoted(stored)}` : "no dtype"}`);
  }
  const shape = wholeNumbers(fields.get("shape")) ?? fail("needs a shape of whole numbers from 0");
  const offsets = wholeNumbers(fields.get("data_offsets")) ?? fail("needs data_offsets of two whole numbers");
  const [begin, end] = offsets;
  if (begin === undefined || end === undefined || offsets.length !== 2) {
    return fail(`needs two data_offsets, given ${offsets.length}`);
  }
  if (begin > end) return fail(`has data_offsets [${begin}, ${end}] in reverse`);
  const needed =
    byteLength(stored, shape) ??
    fail(`has ${stored} ${quotedShape(shape)}, which is too large or does not fill whole bytes`);
  if (end - begin !== needed) {
    return fail(`needs ${needed} bytes for ${stored} ${quotedShape(shape)}, but its data_offsets give ${end - begin}`);
  }
  return { stored, shape, begin: dataBegin + begin, end: dataBegin + end };
}

function wholeNumbers(value: JsonValue | undefined): readonly number[] | null {
  if (!Array.isArray(value)) return null;
  const numbers = (value as readonly JsonValue[]).map(wholeNumber);
  return numbers.every((number) => number !== null) ? numbers : null;
}

/** Bytes of a dense tensor; null where a partial product in bits passes 2⁵³ or the elements do not fill whole bytes. */
function byteLength(stored: SafetensorsDType, shape: readonly number[]): number | null {
  const bits = shape.reduce(
    (product, size) => (Number.isSafeInteger(product) ? product * size : product),
    storedType(stored).bits,
  );
  return Number.isSafeInteger(bits) && bits % 8 === 0 ? bits / 8 : null;
}

function checkCover(
  sorted: readonly (readonly [string, SafetensorsEntry])[],
  dataBegin: number,
  fileSize: number,
  fail: (reason: string) => never,
): void {
  let covered = dataBegin;
  for (const [name, { begin, end }] of sorted) {
    if (begin < covered) fail(`tensor ${quoted(name)} overlaps the one before it by ${covered - begin} bytes`);
    if (begin > covered) fail(`${begin - covered} bytes before tensor ${quoted(name)} belong to no tensor`);
    covered = end;
  }
  if (covered > fileSize) fail(`tensors need ${covered} bytes, but the file ends after ${fileSize}`);
  if (covered < fileSize) fail(`${fileSize - covered} bytes after the last tensor belong to no tensor`);
}

function parseMetadata(value: JsonValue, fail: (reason: string) => never): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  if (!(value instanceof Map)) return fail(`${metadataKey} must be a JSON object`);
  for (const [key, text] of value as ReadonlyMap<string, JsonValue>) {
    if (typeof text !== "string") return fail(`${metadataKey} ${quoted(key)} must be a string`);
    metadata.set(key, text);
  }
  return metadata;
}
