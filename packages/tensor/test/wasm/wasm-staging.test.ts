import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PART_ROWS, QuantMatrix, Rng, fromStoredParts, type Backend, type Staging } from "@helium-lm/tensor";
import { createWasmBackend } from "@helium-lm/tensor/backends/wasm";
import { quantFormatNames, quantRowBytes } from "@helium-lm/tensor/quant";

const MEGABYTE = 2 ** 20;

function randomBytes(length: number): Uint8Array {
  const rng = new Rng(7);
  return Uint8Array.from({ length }, () => rng.bits() & 255);
}

/** The bytes part by part, each at an odd place of the staged memory. */
async function* staged(bytes: Uint8Array, step: number, { bytes: room }: Staging): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += step) {
    const part = bytes.subarray(at, at + step);
    const place = room.subarray(64, 64 + part.length);
    place.set(part);
    yield place;
  }
}

describe("with threads", () => {
  let backend: Backend;
  let staging: Staging;
  beforeEach(async () => {
    backend = await createWasmBackend({ threads: 2 });
    const given = backend.stage?.(MEGABYTE);
    if (!given) throw new Error("no staging");
    staging = given;
  });
  afterEach(() => {
    staging.release();
    expect(backend.memory()).toMatchObject({ handles: 0, bytes: 0 });
    backend.dispose();
  });

  test.each(quantFormatNames)("%s: blocks that wait in the backend's memory are packed from there", async (format) => {
    const [rows, columns] = [5 * PART_ROWS + 11, 512];
    const rowBytes = quantRowBytes(format, columns);
    const blocks = randomBytes(rows * rowBytes);
    const parts = staged(blocks, 2 * PART_ROWS * rowBytes, staging);
    using matrix = await QuantMatrix.fromParts(backend, format, [rows, columns], parts);
    expect(Buffer.compare(await matrix.blocks(), blocks)).toBe(0);
  });

  test("elements are copied by all threads, with what is left over", async () => {
    const bytes = randomBytes(5 * 200_001 * 2);
    const parts = staged(bytes, 2 * 200_001, staging);
    using t = await fromStoredParts(backend, parts, [5, 200_001], "bf16", { weights: true });
    expect(Buffer.compare(await backend.read(t.handle), bytes)).toBe(0);
  });

  test("views stay good while the memory grows", async () => {
    const blocks = randomBytes(64 * 34);
    staging.bytes.set(blocks);
    const handle = backend.alloc({ kind: "dense", dtype: "f32", length: 2 ** 25 });
    using matrix = QuantMatrix.fromBlocks(backend, "q8_0", [64, 32], staging.bytes.subarray(0, blocks.length));
    expect(await matrix.blocks()).toEqual(blocks);
    backend.release(handle);
  });
});

test("memory is given back, and taken again", async () => {
  const backend = await createWasmBackend({ threads: 2 });
  const places = new Set<number | undefined>();
  for (let n = 0; n < 3; n++) {
    const staging = backend.stage?.(4 * MEGABYTE);
    places.add(staging?.bytes.byteOffset);
    staging?.release();
  }
  expect(places.size).toBe(1);
  backend.dispose();
});

test("there is none where memory moves while it grows, or where there is little", async () => {
  const single = await createWasmBackend({ threads: 1 });
  expect(single.stage?.(MEGABYTE)).toBeNull();
  single.dispose();
  const small = await createWasmBackend({ threads: 2, maxMemoryBytes: 32 * MEGABYTE });
  expect(small.stage?.(MEGABYTE)).toBeNull();
  small.dispose();
});
