import { createWasmBackend } from "@helium-lm/tensor/backends/wasm";
import { describeBackend } from "@helium-lm/tensor/conformance";

// The kernels of a build do not know how many threads call them, so the full number of draws goes to one thread.
const setups = [
  { simd: "relaxed", threads: 1, runs: 12 },
  { simd: "relaxed", threads: 2, runs: 2 },
  { simd: "plain", threads: 1, runs: 4 },
  { simd: "plain", threads: 2, runs: 2 },
] as const;

for (const { simd, threads, runs } of setups) {
  describeBackend({
    name: `wasm, ${simd}, threads ${threads}`,
    create: () => createWasmBackend({ simd, threads }),
    bitExactRows: true,
    skip: [],
    runs,
  });
}
