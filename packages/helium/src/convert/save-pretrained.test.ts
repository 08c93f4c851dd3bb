import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createBackend, tensor } from "@helium-lm/tensor";
import { openSafetensors } from "@helium-lm/nn/io/node";
import { DecoderConfig } from "../config/index.ts";
import { saveModel } from "./save-pretrained.ts";

it("vectors take the dtype of the matrices, and options that are null are left out", async () => {
  const folder = mkdtempSync(join(tmpdir(), "helium-save-"));
  const backend = await createBackend("cpu");
  using matrix = tensor(backend, [[1, 2]], { dtype: "bf16" });
  using vector = tensor(backend, [0.5, -3]);
  try {
    await saveModel(folder, {
      config: DecoderConfig.fromJSON({ model_type: "helium" }),
      generationConfig: { topK: null, temperature: 0.5 },
      tensors: [
        ["a.weight", matrix],
        ["b.weight", vector],
      ],
    });
    const reader = await openSafetensors(folder);
    expect(["a.weight", "b.weight"].map((name) => reader.info(name).dtype)).toEqual(["bf16", "bf16"]);
    const bytes = await reader.readBytes("b.weight");
    // The upper halves of the f32s.
    expect([...new Uint16Array(bytes.slice().buffer)]).toEqual([0x3f00, 0xc040]);
    await reader.close();
    expect(JSON.parse(readFileSync(join(folder, "generation_config.json"), "utf8"))).toEqual({ temperature: 0.5 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
