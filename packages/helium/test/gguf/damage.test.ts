import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createBackend, HeliumLmError, Rng } from "@helium-lm/tensor";
import { bytesSource, GgufFile } from "@helium-lm/nn";
import { ggufSource, loadModel } from "@helium-lm/helium";
import { fixturePath } from "../../../../testing/fixtures.ts";

/** What a size or count in the metadata may be damaged to. */
const nasty = [0, 1, 3, 255, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

/** Changes bytes and 32-bit numbers between `from` and `end`. */
function damage(original: Uint8Array, from: number, end: number, rng: Rng): Uint8Array {
  const bytes = original.slice();
  const below = (n: number): number => Math.floor(rng.uniform() * n);
  for (let edits = 1 + below(2); edits > 0; edits--) {
    const at = from + below(end - from - 4);
    if (rng.uniform() < 0.5) bytes[at] = below(256);
    else new DataView(bytes.buffer).setUint32(at, nasty[below(nasty.length)] ?? 0, true);
  }
  return bytes;
}

test("a damaged head gives a model, or a typed error and nothing left behind", async () => {
  const original = new Uint8Array(readFileSync(fixturePath("quant/llama-q4_0.gguf")));
  const file = await GgufFile.open(bytesSource(original, "x.gguf"));
  const end = file.entry(file.names()[0] ?? "").begin;
  const tokens = file.metadata.array("tokenizer.ggml.tokens");
  const backend = await createBackend("cpu");
  const rng = new Rng(77);
  let refused = 0;
  for (let run = 0; run < 1500; run++) {
    // Sizes are in front of the tokenizer, tensor infos behind it; damage to single tokens changes nothing here.
    const inFront = rng.uniform() < 0.6;
    const bytes = inFront
      ? damage(original, 0, tokens?.begin ?? end, rng)
      : damage(original, file.metadata.array("tokenizer.ggml.token_type")?.end ?? 0, end, rng);
    try {
      const model = await loadModel("causal-lm", ggufSource(bytesSource(bytes, "x.gguf")), { backend });
      expect(backend.memory().bytes).toBeLessThan(2 * original.length);
      model.dispose();
    } catch (error) {
      if (!(error instanceof HeliumLmError)) throw error;
      refused++;
    }
    expect(backend.memory().handles).toBe(0);
  }
  expect(refused).toBeGreaterThan(500);
  expect(refused).toBeLessThan(1500);
});
