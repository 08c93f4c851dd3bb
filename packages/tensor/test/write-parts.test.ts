import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  BackendError,
  createBackend,
  fromStoredParts,
  PART_ROWS,
  QuantMatrix,
  Rng,
  ShapeError,
  type Backend,
} from "@helium-lm/tensor";
import { quantFormatNames, quantRowBytes } from "@helium-lm/tensor/quant";

async function* inOrder(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

function randomBytes(length: number): Uint8Array {
  const rng = new Rng(7);
  return Uint8Array.from({ length }, () => rng.bits() & 255);
}

describe.each(["cpu", "reference", "wasm", "one that writes no parts"])("%s", (name) => {
  let backend: Backend;
  beforeEach(async () => {
    backend = await createBackend(name === "wasm" ? "wasm" : name === "cpu" ? "cpu" : "reference");
    if (name.startsWith("one")) Object.defineProperty(backend, "writePart", { value: undefined });
  });
  afterEach(() => {
    expect(backend.memory()).toMatchObject({ handles: 0, bytes: 0 });
    backend.dispose();
  });

  test.each(quantFormatNames)("%s: a matrix of parts holds the blocks", async (format) => {
    const [rows, columns] = [3 * PART_ROWS + 11, 512];
    const rowBytes = quantRowBytes(format, columns);
    const blocks = randomBytes(rows * rowBytes);
    const [a, b] = [PART_ROWS * rowBytes, 3 * PART_ROWS * rowBytes];
    const parts = inOrder(blocks.subarray(0, a), blocks.subarray(a, b), blocks.subarray(b));
    using matrix = await QuantMatrix.fromParts(backend, format, [rows, columns], parts);
    expect(await matrix.blocks()).toEqual(blocks);
  });

  test("a tensor of parts holds the elements", async () => {
    const bytes = randomBytes(4 * 35);
    const parts = inOrder(bytes.subarray(0, 4), bytes.subarray(4, 72), bytes.subarray(72));
    using t = await fromStoredParts(backend, parts, [5, 7], "i32", { weights: true });
    expect(new Uint8Array((await t.data()).buffer)).toEqual(bytes);
  });

  test("too few bytes, too many and parts that fail are errors that leave nothing", async () => {
    for (const length of [35, 37])
      await expect(fromStoredParts(backend, inOrder(new Uint8Array(length)), [9], "f32")).rejects.toThrow(ShapeError);
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(34 * PART_ROWS);
      throw new RangeError("torn");
    };
    await expect(QuantMatrix.fromParts(backend, "q8_0", [40, 32], failing())).rejects.toThrow(RangeError);
    await expect(QuantMatrix.fromParts(backend, "q8_0", [40, 32], inOrder())).rejects.toThrow(ShapeError);
  });
});

test("wasm refuses a part that tears a row", async () => {
  const backend = await createBackend("wasm");
  const handle = backend.alloc({ kind: "quant", format: "q8_0", rows: 64, columns: 32 });
  expect(() => backend.writePart?.(handle, 34, new Uint8Array(34))).toThrow(BackendError);
  expect(() => backend.writePart?.(handle, 0, new Uint8Array(33))).toThrow(/expected whole rows of 34/);
  expect(() => backend.writePart?.(handle, 34 * 32, new Uint8Array(34 * 33))).toThrow(/write of 2210 bytes/);
  backend.dispose();
});
