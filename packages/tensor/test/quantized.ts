import { ParallelQuantizer, quantize } from "../src/quant/index.ts";

/** Whether the blocks of two threads are those of one, and why one thread made them all. */
export interface Quantized {
  readonly isSame: boolean;
  readonly refused: string | null;
}

/** Quantises a matrix on two threads, in a process or in a page. */
export async function quantized(): Promise<Quantized> {
  const [rows, columns] = [300, 1024];
  const values = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i) / (1 + (i % 7)));
  const quantizer = new ParallelQuantizer(2);
  async function* parts(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(values.buffer);
  }
  const expected = quantize("q4_K", values, columns);
  let at = 0;
  let isSame = true;
  for await (const { blocks } of quantizer.quantize(parts(), { from: "f32", format: "q4_K", rows, columns })) {
    for (const byte of blocks) isSame &&= byte === expected[at++];
  }
  return { isSame: isSame && at === expected.length, refused: quantizer.refused };
}
