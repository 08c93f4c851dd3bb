import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { decodeBf16, decodeF16, encodeBf16, encodeF16 } from "../../dtypes/half.ts";
import { Rng } from "../../rng.ts";
import { dequantize } from "../dequantize.ts";
import { QuantError } from "../../errors.ts";
import { quantFormatNames } from "../formats/index.ts";
import { quantize } from "../quantize.ts";
import { quantizersOf } from "../quantizers.ts";
import { ParallelQuantizer, type MatrixToQuantize } from "./parallel-quantizer.ts";

const COLUMNS = 256;
/** A job and some rows more, which are no multiple of 32. */
const ROWS = 512 + 37;

function weights(seed: number, count = ROWS * COLUMNS): Float32Array {
  const rng = new Rng(seed);
  return Float32Array.from({ length: count }, () => rng.normal() * 0.05);
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Parts of `rows` rows in one buffer that is written again, as those of a checkpoint. */
async function* parts(stored: Uint8Array, rowBytes: number, rows = 96): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(rows * rowBytes);
  for (let at = 0; at < stored.length; at += buffer.length) {
    const part = stored.subarray(at, at + buffer.length);
    buffer.set(part);
    yield buffer.subarray(0, part.length);
    buffer.fill(255);
  }
}

async function blocksOf(
  quantizer: ParallelQuantizer,
  stored: Uint8Array,
  matrix: Omit<MatrixToQuantize, "rows" | "columns">,
): Promise<Uint8Array> {
  const whole = { ...matrix, rows: ROWS, columns: COLUMNS };
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const { blocks } of quantizer.quantize(parts(stored, stored.length / ROWS), whole)) chunks.push(blocks);
  expect(chunks.length).toBeGreaterThan(1);
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b);

describe("the blocks are those of quantize, bit for bit", () => {
  const values = weights(1);
  const cases = quantFormatNames.flatMap((format) =>
    (["search", "reference"] as const)
      .filter((method) => quantizersOf(format)[method] !== undefined)
      .map((method) => [format, method] as const),
  );

  test.each(cases)("%s by %s", async (format, method) => {
    const expected = quantize(format, values, COLUMNS, { method });
    const quantizer = new ParallelQuantizer(2);
    expect(same(await blocksOf(quantizer, bytesOf(values), { from: "f32", format, method }), expected)).toBe(true);
    expect(quantizer.refused).toBeNull();
  });

  test("one thread", async () => {
    const expected = quantize("q4_K", values, COLUMNS);
    expect(
      same(await blocksOf(new ParallelQuantizer(1), bytesOf(values), { from: "f32", format: "q4_K" }), expected),
    ).toBe(true);
  });

  test("from halves and from blocks", async () => {
    const halves = Uint16Array.from(values, encodeF16);
    const brains = Uint16Array.from(values, encodeBf16);
    const blocks = quantize("q8_0", values, COLUMNS);
    const stored = { f16: bytesOf(halves), bf16: bytesOf(brains), q8_0: blocks };
    const read = {
      f16: Float32Array.from(halves, decodeF16),
      bf16: Float32Array.from(brains, decodeBf16),
      q8_0: dequantize("q8_0", blocks),
    };
    for (const from of ["f16", "bf16", "q8_0"] as const) {
      const expected = quantize("q4_0", read[from], COLUMNS);
      expect(same(await blocksOf(new ParallelQuantizer(2), stored[from], { from, format: "q4_0" }), expected)).toBe(
        true,
      );
    }
  });

  test.each([1, 2])("what is lost, with %i threads", async (threads) => {
    const matrix = { from: "f32", format: "q4_0", rows: ROWS, columns: COLUMNS, measured: true } as const;
    let [lost, energy] = [0, 0];
    for await (const part of new ParallelQuantizer(threads).quantize(parts(bytesOf(values), 4 * COLUMNS), matrix)) {
      lost += part.lost;
      energy += part.energy;
    }
    const written = dequantize("q4_0", quantize("q4_0", values, COLUMNS));
    expect(lost).toBeCloseTo(
      values.reduce((sum, x, i) => sum + (x - written[i]) ** 2, 0),
      9,
    );
    expect(energy).toBeCloseTo(
      values.reduce((sum, x) => sum + x * x, 0),
      6,
    );
  });
});

describe("what cannot be quantised", () => {
  test.each([1, 2])("is refused with its row in the matrix, by %i threads", async (threads) => {
    const values = weights(2);
    values[530 * COLUMNS + 7] = Infinity;
    const blocks = blocksOf(new ParallelQuantizer(threads), bytesOf(values), { from: "f32", format: "q4_K" });
    await expect(blocks).rejects.toThrow(QuantError);
    await expect(blocks).rejects.toThrow("q4_K: row 530, column 7 is Infinity; expected finite weights");
  });

  test.each([1, 2])("columns that fill no blocks, and formats that are only read, by %i threads", async (threads) => {
    const matrix = { from: "f32", rows: 1024, columns: 250 } as const;
    const stored = new Uint8Array(1024 * 1000);
    for (const [format, message] of [
      ["q8_0", "rows of 250 weights do not fill blocks of 32"],
      ["iq4_nl", "has no quantiser"],
    ] as const) {
      const columns = format === "iq4_nl" ? 256 : matrix.columns;
      const quantised = new ParallelQuantizer(threads).quantize(parts(stored, 4 * columns), {
        ...matrix,
        format,
        columns,
      });
      await expect(quantised.next()).rejects.toThrow(message);
    }
  });

  test.each([1, 2])("an abort ends it, with %i threads", async (threads) => {
    const abort = new AbortController();
    const matrix = { from: "f32", format: "q4_K", rows: ROWS, columns: COLUMNS } as const;
    const stored = bytesOf(weights(3));
    const quantizer = new ParallelQuantizer(threads);
    const quantised = quantizer.quantize(parts(stored, 4 * COLUMNS, 32), matrix, abort.signal);
    await quantised.next();
    abort.abort(new Error("enough"));
    const rest = (async () => {
      for await (const _ of quantised);
    })();
    await expect(rest).rejects.toThrow("enough");
    // The workers serve the next one.
    expect(
      same(await blocksOf(quantizer, stored, { from: "f32", format: "q8_0" }), quantize("q8_0", weights(3), COLUMNS)),
    ).toBe(true);
  });
});

describe("workers that do not start, or end", () => {
  beforeEach(() => vi.resetModules());
  afterEach(() => vi.doUnmock("../../workers/start-worker.ts"));

  test.each([
    ["at once", { throws: "not allowed." }, "not allowed"],
    ["by an error later", { dies: "out of threads" }, "out of threads"],
  ])("%s: one thread does it, and says why", async (_, { throws, dies }: Record<string, string>, reason) => {
    let alive = 0;
    vi.doMock("../../workers/start-worker.ts", async () => {
      const { WorkersRefusedError } = await import("../../errors.ts");
      return {
        startWorker: async ({ onDeath }: { onDeath: (reason: string) => void }) => {
          if (throws) throw new WorkersRefusedError(throws);
          alive++;
          setTimeout(() => onDeath(dies ?? ""), 1);
          return { post: () => undefined, keepsAlive: () => undefined, terminate: () => void alive-- };
        },
      };
    });
    const { ParallelQuantizer: Quantizer } = await import("./parallel-quantizer.ts");
    const quantizer = new Quantizer(2);
    const values = weights(4);
    const expected = quantize("q8_0", values, COLUMNS);
    for (let again = 0; again < 2; again++)
      expect(same(await blocksOf(quantizer, bytesOf(values), { from: "f32", format: "q8_0" }), expected)).toBe(true);
    expect(quantizer.refused).toBe(reason);
    expect(alive).toBe(0);
  });

  test("a small matrix starts none", async () => {
    const startWorker = vi.fn();
    vi.doMock("../../workers/start-worker.ts", () => ({ startWorker }));
    const { ParallelQuantizer: Quantizer } = await import("./parallel-quantizer.ts");
    const values = weights(5, 32 * 64);
    const matrix = { from: "f32", format: "q8_0", rows: 32, columns: 64 } as const;
    for await (const { blocks } of new Quantizer(2).quantize(parts(bytesOf(values), 256), matrix))
      expect(same(blocks, quantize("q8_0", values, 64))).toBe(true);
    expect(startWorker).not.toHaveBeenCalled();
  });
});
