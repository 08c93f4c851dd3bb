import { bytesSource, GgufFile, type GgufList, type GgufScalar } from "@helium-lm/nn";
import { scalarBytes, scalarIds } from "@helium-lm/nn/io/gguf/gguf-values";
import { bytesOf, utf8 } from "./target.ts";

/** A value as it stands in a file; unlike the library's writer, this one writes anything. */
export interface GgufItem {
  readonly key: string;
  readonly bytes: Uint8Array;
}

const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const u64 = (value: number | bigint): Uint8Array => new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);

/** The parts one behind the other. */
export const joined = (...parts: readonly Uint8Array[]): Uint8Array => joinedAll(parts);

/** The same for as many as no call could take. */
export function joinedAll(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

const text = (value: string): Uint8Array => {
  const bytes = utf8.encode(value);
  return joined(u64(bytes.length), bytes);
};

function scalar(type: GgufScalar["type"], value: GgufScalar["value"]): Uint8Array {
  if (type === "string") return text(String(value));
  const bytes = new DataView(new ArrayBuffer(8));
  if (type === "f32") bytes.setFloat32(0, Number(value), true);
  else if (type === "f64") bytes.setFloat64(0, Number(value), true);
  else bytes.setBigInt64(0, BigInt.asIntN(64, BigInt(value)), true);
  return new Uint8Array(bytes.buffer, 0, scalarBytes[type]);
}

/** A metadata value: key, type, content. */
export function metadataItem(key: string, value: GgufScalar | GgufList): GgufItem {
  if (value.type !== "array")
    return { key, bytes: joined(text(key), u32(scalarIds[value.type]), scalar(value.type, value.value)) };
  const { itemType, items } = value;
  return { key, bytes: arrayItem(key, itemType, items.length, joined(...items.map((item) => scalar(itemType, item)))) };
}

/** An array of `length` items as it claims, with any content. */
export const arrayItem = (key: string, itemType: GgufScalar["type"], length: number, content: Uint8Array): Uint8Array =>
  joined(text(key), u32(9), u32(scalarIds[itemType]), u64(length), content);

/** One item of an array of strings. */
export const stringItem = text;

/** A tensor of i8 elements in the head. */
export const tensorInfo = (name: string, shape: readonly number[], offset: number): Uint8Array =>
  joined(text(name), u32(shape.length), ...shape.toReversed().map(u64), u32(24), u64(offset));

/** Parts that are joined already: millions of small arrays would cost more than all that is read of them. */
export interface JoinedParts {
  readonly length: number;
  readonly bytes: Uint8Array;
}

/**
 * As many parts as take about `size` bytes, each under its number as a name.
 *
 * @param part the one that is named "0"; if it ends in `stride` · 0, that of part n ends in `stride` · n
 */
export function numberedParts(size: number, part: Uint8Array, stride = 0): JoinedParts {
  const rest = part.subarray(text("0").length);
  const longest = 24 + rest.length;
  const bytes = new Uint8Array(size + longest);
  const view = new DataView(bytes.buffer);
  let [length, at] = [0, 0];
  for (; at < size; length++) {
    const name = length.toString(36);
    view.setUint32(at, name.length, true);
    at += 8;
    for (let i = 0; i < name.length; i++) bytes[at++] = name.charCodeAt(i);
    bytes.set(rest, at);
    at += rest.length;
    if (stride > 0) view.setBigUint64(at - 8, BigInt(stride * length), true);
  }
  return { length, bytes: bytes.subarray(0, at) };
}

/** A file of these parts; the counts are those of the parts. */
export function ggufBytes(
  metadata: readonly Uint8Array[] | JoinedParts,
  tensors: readonly Uint8Array[] | JoinedParts,
  data: Uint8Array,
): Uint8Array {
  const counts = [u64(tensors.length), u64(metadata.length)];
  const [values, infos] = [metadata, tensors].map((parts) => ("bytes" in parts ? parts.bytes : joinedAll(parts)));
  const head = joined(utf8.encode("GGUF"), u32(3), ...counts, values ?? data, infos ?? data);
  return joined(head, new Uint8Array(-head.length & 31), data);
}

/** The metadata of a file with at most `most` items of each array, which stand for all. */
export async function metadataOf(path: string, most: number): Promise<readonly GgufItem[]> {
  const file = await GgufFile.open(bytesSource(bytesOf(path), path));
  const items: GgufItem[] = [];
  for (const key of file.metadata.keys()) {
    const value = await file.value(key);
    if (value === undefined) continue;
    items.push(metadataItem(key, value.type === "array" ? { ...value, items: value.items.slice(0, most) } : value));
  }
  return items;
}
