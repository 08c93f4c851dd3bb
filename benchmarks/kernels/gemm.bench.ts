import { matmul, tensor } from "@helium-lm/tensor";
import { createWasmBackend } from "@helium-lm/tensor/backends/wasm";
import { PeerMissing } from "../peers/player.ts";
import { jaxMatmul } from "../peers/f32/jax.ts";
import { tfjsMatmul } from "../peers/f32/tfjs.ts";
import { conditions, printResults, saveReport } from "../report.ts";
import { interleave, type Entry } from "../rounds.ts";
import { randomValues } from "./random.ts";
import { naiveMatmul } from "./matmul.bench.ts";

const SIZE = 512;
const WORK = (2 * SIZE ** 3) / 1e9;

/** Square f32 products on one thread: both builds of ours in wide code, the peers, three nested loops. */
export async function gemmBenchmark(name: string): Promise<void> {
  const before = await conditions();
  const [a, b] = [randomValues(SIZE * SIZE, 1), randomValues(SIZE * SIZE, 2)];
  const entries: Entry[] = [await own("relaxed", a, b), await own("plain", a, b)];
  const versions: Record<string, string> = {};
  const missing: { contender: string; reason: string }[] = [];
  for (const { contender, start } of [tfjsMatmul, jaxMatmul])
    try {
      const { run, version } = await start(a, b, SIZE);
      entries.push({ contender, run, work: WORK });
      versions[contender] = version;
    } catch (error) {
      if (!(error instanceof PeerMissing)) throw error;
      missing.push({ contender, reason: error.message });
      console.log(`${contender}: ${error.message}`);
    }
  const out = new Float32Array(SIZE * SIZE);
  entries.push({ contender: "naive loop", run: () => naiveMatmul(a, b, out, SIZE), work: WORK });
  const timed = await interleave(entries);
  const results = timed.map((one) => ({ ...one, test: `f32 matmul ${SIZE}³ 1T`, unit: "GFLOP/s" }));
  printResults(results, "helium-lm relaxed");
  saveReport(name, before, { versions, missing, results });
}

async function own(simd: "relaxed" | "plain", left: Float32Array, right: Float32Array): Promise<Entry> {
  const backend = await createWasmBackend({ threads: 1, simd, codegen: "wide" });
  const a = tensor(backend, left, { shape: [SIZE, SIZE] });
  const b = tensor(backend, right, { shape: [SIZE, SIZE] });
  return { contender: `helium-lm ${simd}`, run: () => matmul(a, b).dispose(), work: WORK };
}
