import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeBf16, decodeF16, encodeBf16, encodeF16 } from "../dtypes/half.ts";
import { dequantize, isQuantFormat, quantFormats, quantize, type QuantFormatName } from "./index.ts";

interface Entry {
  readonly block_size: number;
  readonly type_size: number;
  readonly bytes_b64: string;
  readonly dequantized_f32_b64: string;
}

interface Fixture {
  readonly input_f32_b64: string;
  readonly input_shape: readonly [number, number];
  readonly types: Readonly<Record<string, Entry>>;
  readonly random_blocks: Readonly<Record<string, Entry>>;
}

const path = new URL("../../../../fixtures/quant/blocks.json", import.meta.url);
const fixture = JSON.parse(readFileSync(path, "utf8")) as Fixture;
const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, "base64"));
const floatsOf = (base64: string): Float32Array => new Float32Array(bytesOf(base64).buffer);
/** The fixtures say Q4_K and IQ4_NL, we say q4_K and iq4_nl. */
const nameOf = (key: string): QuantFormatName => {
  const name = key.startsWith("IQ") ? key.toLowerCase() : key.replace("Q", "q");
  if (!isQuantFormat(name)) throw new Error(`no format ${name}`);
  return name;
};
/** Bits, so that −0 and 0 differ. */
const bits = (floats: Float32Array): Uint32Array => new Uint32Array(floats.buffer);

const input = floatsOf(fixture.input_f32_b64);
const columns = fixture.input_shape[1];
const simple = Object.entries(fixture.types).filter(([key]) => key.startsWith("Q"));

describe("blocks made by gguf-py", () => {
  it.each(simple)("%s: the reference quantiser gives the same bytes", (key, { bytes_b64 }) => {
    expect(quantize(nameOf(key), input, columns, { method: "reference" })).toEqual(bytesOf(bytes_b64));
  });

  it.each([...simple, ...Object.entries(fixture.random_blocks)])("%s: dequantises to the same bits", (key, entry) => {
    const format = quantFormats[nameOf(key)];
    expect([format.blockSize, format.blockBytes]).toEqual([entry.block_size, entry.type_size]);
    expect(bits(dequantize(format.name, bytesOf(entry.bytes_b64)))).toEqual(bits(floatsOf(entry.dequantized_f32_b64)));
  });

  it("covers every format", () => {
    const covered = new Set([...simple, ...Object.entries(fixture.random_blocks)].map(([key]) => nameOf(key)));
    expect([...covered].sort()).toEqual(Object.keys(quantFormats).sort());
  });

  it.each([
    ["F16", encodeF16, decodeF16],
    ["BF16", encodeBf16, decodeBf16],
  ] as const)("%s: the half conversions agree", (key, encode, decode) => {
    const entry = fixture.types[key];
    const halves = Uint16Array.from(input, encode);
    expect(new Uint8Array(halves.buffer)).toEqual(bytesOf(entry.bytes_b64));
    expect(bits(Float32Array.from(halves, decode))).toEqual(bits(floatsOf(entry.dequantized_f32_b64)));
  });
});
