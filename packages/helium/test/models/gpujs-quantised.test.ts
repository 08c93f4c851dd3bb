import { createBackend, type Backend } from "@helium-lm/tensor";
import { createGpuJsBackend } from "@helium-lm/tensor/backends/gpujs";
import { loadModel } from "@helium-lm/helium";
import { describe, expect, it } from "vitest";
import { isCut } from "../../../../testing/short-form.ts";
import { root } from "../../../../testing/repository.ts";

const prompt = [1, 588, 1027, 271, 717, 265, 350, 1367];

/** Logits of the last position of helium-nano with quantised matrices, and the bytes that its weights take. */
async function run(backend: Backend, dtype: "bf16" | "q8_0" | "q4_0"): Promise<{ logits: number[]; bytes: number }> {
  using model = await loadModel("causal-lm", `${root}models/helium-nano`, { backend, dtype });
  const { bytes } = backend.memory();
  const { logits } = model.forward({ inputIds: [prompt] });
  const all = Array.from(await logits.data());
  logits.dispose();
  return { logits: all.slice(-model.config.vocabSize), bytes };
}

describe.skipIf(isCut("quantised on gpujs")).each(["q8_0", "q4_0"] as const)("helium-nano in %s on gpujs", (dtype) => {
  it("gives the logits of cpu from the packed blocks, in less memory than 16-bit weights", async () => {
    const [gpujs, cpu] = [await createGpuJsBackend({ mode: "cpu" }), await createBackend("cpu")];
    const [got, want] = [await run(gpujs, dtype), await run(cpu, dtype)];
    const apart = Math.max(...got.logits.map((value, i) => Math.abs(value - want.logits[i]!)));
    // Logits are up to about 20 apart.
    expect(apart).toBeLessThan(1e-3);
    const dense = await run(gpujs, "bf16");
    // 1.5 and 0.75 against 2.67 bytes a weight.
    expect(got.bytes / dense.bytes).toBeCloseTo(dtype === "q8_0" ? 0.5625 : 0.28125, 2);
    expect(gpujs.memory()).toMatchObject({ handles: 0, bytes: 0 });
    expect(gpujs.info()["deviceArrays"]).toBe(0);
    gpujs.dispose();
    cpu.dispose();
  });
});
