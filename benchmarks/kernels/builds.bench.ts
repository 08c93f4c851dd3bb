import { quantMatmul, QuantMatrix, tensor, type Backend } from "@helium-lm/tensor";
import { createWasmBackend, type WasmBackendOptions } from "@helium-lm/tensor/backends/wasm";
import { quantFormatNames, quantRowBytes } from "@helium-lm/tensor/quant";
import { conditions, printResults, saveReport, type Result } from "../report.ts";
import { interleave } from "../rounds.ts";
import { randomValues } from "./random.ts";
import { usualBlocks } from "./usual-blocks.ts";

/** 64 rows stay in the second-level cache: this is about the code, not about memory. */
const [N, K] = [64, 2048] as const;

const builds: Readonly<Record<string, WasmBackendOptions>> = {
  relaxed: { simd: "relaxed" },
  "plain SIMD": { simd: "plain" },
  "relaxed, wide code": { simd: "relaxed", codegen: "wide" },
};

/** Products of every block format on one thread, by each of the binaries and codes; times slower than `relaxed`. */
export async function buildsBenchmark(name: string): Promise<void> {
  const before = await conditions();
  const backends: [string, Backend][] = [];
  for (const [build, options] of Object.entries(builds))
    backends.push([build, await createWasmBackend({ threads: 1, ...options })]);
  const results: Result[] = [];
  for (const format of quantFormatNames)
    for (const tokens of [1, 256]) {
      const blocks = usualBlocks(format, N * quantRowBytes(format, K));
      const held = backends.map(([contender, backend]) => ({
        contender,
        weight: QuantMatrix.fromBlocks(backend, format, [N, K], blocks),
        x: tensor(backend, randomValues(tokens * K, 4), { shape: [tokens, K] }),
      }));
      const timed = await interleave(
        held.map(({ contender, weight, x }) => ({
          contender,
          work: (2 * tokens * N * K) / 1e9,
          run: () => quantMatmul(x, weight).dispose(),
        })),
      );
      for (const { weight, x } of held) {
        weight.dispose();
        x.dispose();
      }
      results.push(...timed.map((one) => ({ ...one, test: `${format}, tokens: ${tokens}`, unit: "GOP/s" })));
    }
  for (const [, backend] of backends) backend.dispose();
  printResults(results, "relaxed");
  saveReport(name, before, { versions: {}, missing: [], results });
}
