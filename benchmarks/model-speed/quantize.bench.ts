import { ParallelQuantizer, quantFormatNames, quantizersOf } from "@helium-lm/tensor/quant";
import { encodeBf16, type QuantFormatName } from "@helium-lm/tensor";
import type { Case, Contestant } from "../harness.ts";
import { randomValues } from "../kernels/random.ts";

const [ROWS, COLUMNS] = [2048, 2048];
const THREADS = 2;

/** Quantising a bf16 matrix in each format that can be written, on two threads beside one. */
export async function quantizeCases(): Promise<Case[]> {
  const stored = new Uint8Array(Uint16Array.from(randomValues(ROWS * COLUMNS, 1), encodeBf16).buffer);
  async function* parts(): AsyncGenerator<Uint8Array> {
    yield stored;
  }
  const contestant = (format: QuantFormatName, threads: number): Contestant => {
    const quantizer = new ParallelQuantizer(threads);
    const matrix = { from: "bf16", format, rows: ROWS, columns: COLUMNS } as const;
    const run = async (): Promise<number> => {
      let bytes = 0;
      for await (const { blocks } of quantizer.quantize(parts(), matrix)) bytes += blocks.length;
      return bytes;
    };
    return { run, work: (ROWS * COLUMNS) / 1e6 };
  };
  return quantFormatNames
    .filter((format) => Object.keys(quantizersOf(format)).length > 0)
    .map((format) => ({
      name: `quantise bf16 to ${format}`,
      unit: "M weights/s",
      ours: contestant(format, THREADS),
      naive: contestant(format, 1),
    }));
}
