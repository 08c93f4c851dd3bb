import { quantMatmul, QuantMatrix, tensor, type QuantFormatName, type Tensor } from "@helium-lm/tensor";
import { createWasmBackend } from "@helium-lm/tensor/backends/wasm";
import { quantRowBytes } from "@helium-lm/tensor/quant";
import { conditions, printResults, saveReport, type Result } from "../report.ts";
import { interleave, type Entry } from "../rounds.ts";
import { machineLimits } from "../../scripts/wasm/machine-limits.ts";
import { randomValues } from "./random.ts";
import { randomBlocks } from "./random-blocks.ts";

/** The widest matrix of Helium 2B, `down_proj`. */
const [N, K] = [2560, 7040] as const;
/** Weights that are multiplied in turn, so that none is still in a cache. */
const STREAMED_BYTES = 300e6;
const formats: readonly QuantFormatName[] = ["q4_0", "q8_0", "q4_1", "q4_K", "q6_K"];

/** One row through quantised weights out of memory, beside a plain read of as much memory by as many threads. */
export async function gemvBenchmark(name: string): Promise<void> {
  const before = await conditions();
  const results: Result[] = [];
  const sweeps: number[] = [];
  for (const threads of [1, 2]) {
    const { sweep, dispose } = await machineLimits(threads);
    const backend = await createWasmBackend({ threads, codegen: "wide" });
    for (const format of formats) {
      // K-quants hold 256 weights a block, of which 7040 is no multiple.
      const [rows, columns] = K % 256 !== 0 && format.endsWith("K") ? [K, N] : [N, K];
      const bytes = rows * quantRowBytes(format, columns);
      const blocks = randomBlocks(format, rows, columns);
      const matrices = Array.from({ length: Math.ceil(STREAMED_BYTES / bytes) }, () =>
        QuantMatrix.fromBlocks(backend, format, [rows, columns], blocks),
      );
      const x = tensor(backend, randomValues(columns, 4), { shape: [1, columns] });
      const [roof, own] = await interleave([sweep, stream(x, matrices, bytes)]);
      for (const matrix of matrices) matrix.dispose();
      x.dispose();
      if (!roof || !own) continue;
      sweeps[threads] = Math.max(sweeps[threads] ?? 0, roof.best);
      results.push({
        ...own,
        ...{ test: `${format} ${rows}×${columns} ${threads}T`, unit: "GB/s" },
        shareOfSweep: own.best / roof.best,
      });
    }
    backend.dispose();
    dispose();
  }
  const readSweep = { oneThread: sweeps[1] ?? NaN, twoThreads: sweeps[2] ?? NaN };
  console.log(`read sweep: ${readSweep.oneThread.toFixed(1)} GB/s 1T, ${readSweep.twoThreads.toFixed(1)} GB/s 2T`);
  printResults(results, "helium-lm");
  saveReport(name, before, { readSweep, versions: {}, missing: [], results });
}

function stream(x: Tensor, matrices: readonly QuantMatrix[], bytes: number): Entry {
  let next = 0;
  return {
    contender: "helium-lm",
    work: bytes / 1e9,
    run: () => {
      quantMatmul(x, matrices[next++ % matrices.length] as QuantMatrix).dispose();
    },
  };
}
