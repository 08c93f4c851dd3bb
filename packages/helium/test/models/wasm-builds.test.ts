import { describe, expect, test } from "vitest";
import { AutoModelForCausalLM, type ModelSource } from "@helium-lm/helium";
import { createWasmBackend, type WasmBackendOptions } from "@helium-lm/tensor/backends/wasm";
import { quantised } from "../helpers/quantised-nano.ts";

const prompt = Array.from({ length: 70 }, (_, i) => 5 + ((i * 37) % 400));

/** Logits of a prompt, and of one token more from the cache. */
async function logitsOf(files: ModelSource, options: WasmBackendOptions): Promise<Float32Array[]> {
  const backend = await createWasmBackend(options);
  try {
    const model = await AutoModelForCausalLM.fromPretrained(files, { backend });
    const first = model.forward({ inputIds: [prompt], useCache: true });
    const cache = first.pastKeyValues ?? undefined;
    const next = model.forward({ inputIds: [[7]], ...(cache && { pastKeyValues: cache }) });
    return [Float32Array.from(await first.logits.data()), Float32Array.from(await next.logits.data())];
  } finally {
    backend.dispose();
  }
}

describe("a quantised model", () => {
  // Activations are rounded to 8 bits: one last place in one of the builds would grow to tenths of a logit.
  test.each(["q4_0", "q8_0"] as const)(
    "%s has the same bits with relaxed and plain SIMD, wide and plain code, one thread and two",
    async (dtype) => {
      const files = await quantised(dtype);
      const plain = await logitsOf(files, { simd: "plain", threads: 1 });
      expect(await logitsOf(files, { simd: "relaxed", threads: 2 })).toEqual(plain);
      expect(await logitsOf(files, { simd: "relaxed", threads: 1, codegen: "wide" })).toEqual(plain);
    },
  );
});
