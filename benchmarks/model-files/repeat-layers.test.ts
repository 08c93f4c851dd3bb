import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AutoModelForCausalLM } from "@helium-lm/helium";
import { GgufFile } from "@helium-lm/nn";
import { nodeFileSource } from "@helium-lm/nn/io/node";
import { llama8b } from "./format-shapes.ts";
import { writeRandomGguf } from "./random-gguf.ts";
import { repeatLayers } from "./repeat-layers.ts";

const tiny = {
  ...llama8b,
  ...{ vocab_size: 300, hidden_size: 32, intermediate_size: 48, num_hidden_layers: 2 },
  ...{ num_attention_heads: 2, num_key_value_heads: 1, head_dim: 16 },
};

describe("a file of two layers, repeated", () => {
  let folder: string;
  let [source, target] = ["", ""];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "helium-repeat-"));
    [source, target] = [join(folder, "source.gguf"), join(folder, "target.gguf")];
    await writeRandomGguf(source, tiny);
    await repeatLayers(source, target, 8);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("has the source's last layer where Q4_K_M gives more bits, its first elsewhere", async () => {
    const [from, to] = await Promise.all(
      [source, target].map(async (path) => GgufFile.open(await nodeFileSource(path))),
    );
    try {
      expect(to?.metadata.number("llama.block_count")).toBe(8);
      const weight = async (file: typeof to, layer: number) => file?.readBytes(`blk.${layer}.attn_v.weight`);
      const [fewer, more] = [await weight(from, 0), await weight(from, 1)];
      expect(fewer).not.toEqual(more);
      // As llama.cpp's use_more_bits of 8 layers: the first, the last, and every third from the third after the first.
      for (let layer = 0; layer < 8; layer++)
        expect(await weight(to, layer), `layer ${layer}`).toEqual([0, 3, 6, 7].includes(layer) ? more : fewer);
    } finally {
      await Promise.all([from?.close(), to?.close()]);
    }
  });

  it("loads, and gives finite logits", async () => {
    const model = await AutoModelForCausalLM.fromPretrained(target, { backend: "cpu" });
    expect(model.config.numHiddenLayers).toBe(8);
    const { logits } = model.forward({ inputIds: [[3, 200, 17]] });
    expect([...(await logits.data())].every(Number.isFinite)).toBe(true);
    model.dispose();
  });
});
