/**
 * `node benchmarks/kernels/wasm.ts [--codegen plain]`, after a build: the kernels of the wasm backend beside the machine's own
 * limits. Every figure is that of the best of many short calls, with the weights streamed from memory (twelve matrices in turn).
 */
import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { fromStored, linear, quantMatmul, QuantMatrix, scope, tensor, type QuantFormatName } from "@helium-lm/tensor";
import { createWasmBackend } from "@helium-lm/tensor/backends/wasm";
import { quantize } from "@helium-lm/tensor/quant";
import { machineLimits } from "../../scripts/wasm/machine-limits.ts";

const N = 7040;
const K = 2560;
const PREFILL = 64;
const MATRICES = 12;
const formats: readonly QuantFormatName[] = ["q4_0", "q8_0", "q4_1", "q4_K", "q6_K"];

const { values } = parseArgs({ options: { codegen: { type: "string", default: "wide" } } });
const codegen = values.codegen === "plain" ? "plain" : "wide";

/** Seconds of the fastest of `count` calls. */
const best = (count: number, call: (i: number) => void): number => {
  let least = Infinity;
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    call(i);
    least = Math.min(least, performance.now() - start);
  }
  return least / 1000;
};

const pad = (value: number): string => value.toFixed(1).padStart(7);

/** GB/s of a plain read, and microseconds of 120 commands that do nothing. */
async function machine(threads: number): Promise<{ sweep: number; join: number }> {
  const { sweep, joins, dispose } = await machineLimits(threads);
  const seconds = best(200, sweep.run);
  const join = best(200, joins.run);
  dispose();
  return { sweep: sweep.work / seconds, join: join * 1e6 };
}

/** Blocks of a matrix whose rows repeat every eight. Their scales are of usual size: subnormal ones cost a third of the speed. */
function blocks(format: QuantFormatName, rows: number): Uint8Array {
  const some = quantize(
    format,
    Float32Array.from({ length: 8 * K }, (_, i) => Math.sin(i)),
    K,
  );
  const all = new Uint8Array((some.length / 8) * rows);
  for (let at = 0; at < all.length; at += some.length) all.set(some, at);
  return all;
}

async function measure(threads: number, sweep: number): Promise<void> {
  const backend = await createWasmBackend({ threads, codegen });
  console.log(`${threads}T codegen ${backend.info().codegen}`);
  const x = tensor(
    backend,
    Float32Array.from({ length: K }, (_, i) => Math.sin(i)),
    { shape: [1, K] },
  );
  const many = tensor(
    backend,
    Float32Array.from({ length: PREFILL * K }, (_, i) => Math.sin(i)),
    { shape: [PREFILL, K] },
  );
  const share = (speed: number): string => `${pad(speed)} GB/s = ${((100 * speed) / sweep).toFixed(0)} % of the sweep`;
  for (const format of formats) {
    const bytes = blocks(format, N);
    const matrices = Array.from({ length: MATRICES }, () => QuantMatrix.fromBlocks(backend, format, [N, K], bytes));
    const one = best(25 * MATRICES, (i) => scope(() => void quantMatmul(x, matrices[i % MATRICES] as QuantMatrix)));
    using small = QuantMatrix.fromBlocks(backend, format, [512, K], blocks(format, 512));
    const tile = best(60, () => scope(() => void quantMatmul(many, small)));
    const speed = (2 * PREFILL * 512 * K) / tile / 1e9;
    console.log(
      `${threads}T ${format} matvec ${share(bytes.length / one / 1e9)}   ${PREFILL} tokens ${pad(speed)} GOP/s`,
    );
    for (const matrix of matrices) matrix.dispose();
  }
  for (const [dtype, stored] of [
    ["f32", new Float32Array(N * K).fill(0.7)],
    ["bf16", new Uint16Array(N * K).fill(0x3f31)],
    ["f16", new Uint16Array(N * K).fill(0x3999)],
  ] as const) {
    const weights = Array.from({ length: 4 }, () => fromStored(backend, stored, [N, K], dtype));
    const seconds = best(100, (i) => scope(() => void linear(x, weights[i % 4] as (typeof weights)[0])));
    console.log(`${threads}T ${dtype.padEnd(4)} matvec ${share(stored.byteLength / seconds / 1e9)}`);
    for (const weight of weights) weight.dispose();
  }
  backend.dispose();
}

async function squareProducts(): Promise<void> {
  for (const simd of ["relaxed", "plain"] as const) {
    const backend = await createWasmBackend({ threads: 1, simd, codegen });
    for (const n of [128, 512]) {
      const a = tensor(
        backend,
        Float32Array.from({ length: n * n }, (_, i) => 0.5 + (i % 97) / 200),
        { shape: [n, n] },
      );
      const seconds = best(n === 128 ? 300 : 60, () => scope(() => void linear(a, a)));
      console.log(`1T f32 ${n}³ ${simd} ${pad((2 * n ** 3) / seconds / 1e9)} GFLOP/s`);
      a.dispose();
    }
    backend.dispose();
  }
}

console.log(`Node ${process.versions.node}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}`);
for (const threads of availableParallelism() > 1 ? [1, 2] : [1]) {
  const { sweep, join } = await machine(threads);
  console.log(`${threads}T read sweep ${pad(sweep)} GB/s, 120 empty joins ${pad(join)} µs`);
  await measure(threads, sweep);
}
await squareProducts();
