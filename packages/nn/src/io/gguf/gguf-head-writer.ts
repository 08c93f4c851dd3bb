import { GgufError } from "../../errors.ts";
import { alignUp } from "./gguf-header.ts";
import { scalarBytes, type GgufScalar, type GgufScalarType } from "./gguf-values.ts";

/** Ranges of the whole-number types. */
const ranges: { readonly [K in GgufScalarType]?: readonly [bigint, bigint] } = {
  u8: [0n, 2n ** 8n - 1n],
  i8: [-(2n ** 7n), 2n ** 7n - 1n],
  u16: [0n, 2n ** 16n - 1n],
  i16: [-(2n ** 15n), 2n ** 15n - 1n],
  u32: [0n, 2n ** 32n - 1n],
  i32: [-(2n ** 31n), 2n ** 31n - 1n],
  u64: [0n, 2n ** 64n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** Bytes of a GGUF head, little-endian, in a buffer that grows. */
export class HeadWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  u32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  u64(value: bigint): void {
    this.#reserve(8);
    this.#view.setBigUint64(this.#length, value, true);
    this.#length += 8;
  }

  /** A name: as a string, but not empty. */
  text(text: string, subject: string): void {
    if (text.length === 0) throw new GgufError(subject, "has an empty name; give it one");
    this.#string(text, subject);
  }

  /** @throws GgufError when the value is not of the type */
  scalar(type: GgufScalarType, value: GgufScalar["value"], subject: string): void {
    const given = typeof value;
    if (type === "string" ? given !== "string" : type === "bool" ? given !== "boolean" : given === "string")
      throw new GgufError(subject, `is a ${given}, expected ${type}`, { given: value, expected: type });
    if (type === "string") return this.#string(value as string, subject);
    this.#reserve(8);
    const at = this.#length;
    this.#length += scalarBytes[type];
    if (type === "bool") return this.#view.setUint8(at, value === true ? 1 : 0);
    if (type === "f32") return this.#view.setFloat32(at, Number(value), true);
    if (type === "f64") return this.#view.setFloat64(at, Number(value), true);
    const whole = wholeNumber(type, value, subject);
    // Every narrower type is the low bytes of two's complement.
    this.#view.setBigInt64(at, BigInt.asIntN(64, whole), true);
  }

  /** Zeros up to a multiple of `alignment`. */
  align(alignment: number): void {
    const length = alignUp(this.#length, alignment);
    this.#reserve(length - this.#length);
    this.#bytes.fill(0, this.#length, length);
    this.#length = length;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #string(text: string, subject: string): void {
    if (/\p{Surrogate}/u.test(text)) throw new GgufError(subject, "contains half a surrogate pair; fix the text");
    const utf8 = new TextEncoder().encode(text);
    this.u64(BigInt(utf8.length));
    this.bytes(utf8);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + more));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

function wholeNumber(type: GgufScalarType, value: GgufScalar["value"], subject: string): bigint {
  const whole = typeof value === "bigint" ? value : Number.isSafeInteger(value) ? BigInt(value) : null;
  const range = ranges[type];
  if (whole !== null && range !== undefined && whole >= range[0] && whole <= range[1]) return whole;
  throw new GgufError(subject, `is ${String(value)}, which is not a valid ${type}`, { given: value, expected: type });
}
