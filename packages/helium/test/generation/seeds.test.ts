import { describe, expect, test } from "vitest";
import { createBackend } from "@helium-lm/tensor";
import { AutoModelForCausalLM, GenerationError, type GenerateOptions } from "@helium-lm/helium";
import { fixturePath } from "../../../../testing/fixtures.ts";
import { openFixtureModel } from "../helpers/generation-model.ts";

const prompts = [
  [1, 57, 8, 91, 21],
  [1, 77, 5],
  [1, 40, 9, 61],
];
const length = Math.max(...prompts.map((ids) => ids.length));
const padded = {
  inputIds: prompts.map((ids) => [...new Array<number>(length - ids.length).fill(3), ...ids]),
  attentionMask: prompts.map((ids) => [...new Array<number>(length - ids.length).fill(0), ...ids.map(() => 1)]),
};
const sampled: GenerateOptions = { doSample: true, temperature: 1.5, maxNewTokens: 10, padTokenId: 3, seed: 7 };

describe.each(["reference", "cpu", "wasm"])("seeded sampling on %s", (backend) => {
  const opened = openFixtureModel("helium", backend);
  const texts = async (options: GenerateOptions): Promise<number[][]> => {
    const { sequences } = await opened.model.generate({ generationConfig: {}, kvDType: "f32", ...sampled, ...options });
    const start = options.inputIds?.[0]?.length ?? 0;
    return sequences.map((row) => row.slice(start));
  };

  test("a prompt draws alone what it draws beside others, in any order and whichever of them end early", async () => {
    const batch = await texts(padded);
    expect(new Set(batch.map((row) => row.join())).size).toBe(prompts.length);
    for (const [index, ids] of prompts.entries()) expect(await texts({ inputIds: [ids] })).toEqual([batch[index]]);
    const reversed = await texts({
      inputIds: [...padded.inputIds].reverse(),
      attentionMask: [...padded.attentionMask].reverse(),
    });
    expect(reversed.reverse()).toEqual(batch);
    // The third new token of the first row ends it.
    const eosTokenId = batch[0]![2]!;
    const ending = await texts({ ...padded, eosTokenId });
    ending.forEach((row, index) => {
      const end = batch[index]!.indexOf(eosTokenId);
      const kept = end < 0 ? batch[index]!.length : end + 1;
      expect(row.slice(0, kept)).toEqual(batch[index]!.slice(0, kept));
    });
  });

  test("equal prompts draw as the rows of one prompt do: each its own", async () => {
    const rows = await texts({ inputIds: [prompts[0]!], numReturnSequences: 3 });
    expect(new Set(rows.map((row) => row.join())).size).toBe(3);
    expect(await texts({ inputIds: [prompts[0]!, prompts[0]!, prompts[0]!] })).toEqual(rows);
    expect(await texts({ inputIds: [prompts[0]!] })).toEqual(rows.slice(0, 1));
  });

  test("beam sampling of a prompt does not depend on the others", async () => {
    const beams = { numBeams: 2, numReturnSequences: 2, eosTokenId: null };
    const batch = await texts({ ...padded, ...beams });
    for (const [index, ids] of prompts.entries())
      expect(await texts({ inputIds: [ids], ...beams })).toEqual(batch.slice(2 * index, 2 * index + 2));
  });

  test("the prompts of a batch may have seeds of their own", async () => {
    const seed = [11, 12, 13];
    const batch = await texts({ ...padded, seed });
    for (const [index, ids] of prompts.entries())
      expect(await texts({ inputIds: [ids], seed: seed[index]! })).toEqual([batch[index]]);
    await expect(texts({ ...padded, seed: [1, 2] })).rejects.toThrow(
      "seed: has 2 entries for 3 prompts; give one for each",
    );
    await expect(texts({ ...padded, seed: 1.5 })).rejects.toBeInstanceOf(GenerationError);
  });

  test("without a seed the rows of a batch are not drawn with the same numbers", async () => {
    const flat = { inputIds: [[5], [6]], temperature: 1e6, topK: 0, maxNewTokens: 12, seed: undefined };
    const { sequences } = await opened.model.generate({ ...sampled, ...(flat as GenerateOptions) });
    expect(sequences[0]!.slice(1)).not.toEqual(sequences[1]!.slice(1));
  });
});

test("backends and threads draw the same", async () => {
  const texts = await Promise.all(
    [{ name: "reference" }, { name: "cpu" }, { name: "wasm", threads: 1 }, { name: "wasm", threads: 2 }].map(
      async ({ name, ...options }) => {
        const backend = await createBackend(name, options);
        using model = await AutoModelForCausalLM.fromPretrained(fixturePath("models/llama/causal"), { backend });
        const { sequences } = await model.generate({ generationConfig: {}, kvDType: "f32", ...padded, ...sampled });
        return sequences;
      },
    ),
  );
  for (const other of texts) expect(other).toEqual(texts[0]);
});
