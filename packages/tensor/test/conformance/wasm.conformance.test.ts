import { createWasmBackend } from "@helium-lm/tensor/backends/wasm";
import { describeBackend } from "@helium-lm/tensor/conformance";
import { isCut } from "../../../../testing/short-form.ts";

// The kernels of a build do not know how many threads call them, so the full number of draws goes to one thread.
const setups = [
  { simd: "relaxed", threads: 1, runs: 12 },
  { simd: "relaxed", threads: 2, runs: 2 },
  { simd: "plain", threads: 1, runs: 4 },
  { simd: "plain", threads: 2, runs: 2 },
] as const;

/** Threads share the kernels of the build that most engines take. */
const fewer = [setups[1]];

for (const { simd, threads, runs } of isCut("wasm setups") ? fewer : setups) {
  describeBackend({
    name: `wasm, ${simd}, threads ${threads}`,
    create: () => createWasmBackend({ simd, threads }),
    bitExactRows: true,
    skip: [],
    runs: isCut("conformance draws") ? 1 : runs,
  });
}
