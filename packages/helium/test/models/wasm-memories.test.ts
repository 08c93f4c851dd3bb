import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { BackendError, fromStored, gather, linear, sliceUpdate, tensor, type Backend } from "@helium-lm/tensor";
import { createWasmBackend } from "@helium-lm/tensor/backends/wasm";
import { AutoModelForCausalLM, type ModelForCausalLM } from "@helium-lm/helium";
import { nanoFolder as folder, quantised } from "../helpers/quantised-nano.ts";

const { greedy } = JSON.parse(readFileSync(`${folder}/expected.json`, "utf8")) as {
  readonly greedy: readonly { readonly input_ids: number[]; readonly sequence: number[] }[];
};
const [{ input_ids: prompt, sequence } = { input_ids: [], sequence: [] }] = greedy;

const MEGABYTE = 2 ** 20;

async function logitsOf(model: ModelForCausalLM, ids: readonly number[]): Promise<ArrayLike<number>> {
  const { logits } = model.forward({ inputIds: [ids] });
  const values = await logits.data();
  logits.dispose();
  return values;
}

describe.each([1, 2])("weights in several memories, threads %i", (threads) => {
  // 16 MB of bf16 weights, 32 of f32, 8.5 of q8_0, 4.5 of q4_0.
  test.each([
    ["bf16", 8, 3],
    ["f32", 12, 3],
    ["q8_0", 5, 3],
    ["q4_0", 4, 2],
  ] as const)("%s in memories of %d MiB gives the bits of one memory", async (dtype, size, least) => {
    const one = await createWasmBackend({ threads });
    const many = await createWasmBackend({ threads, maxMemoryBytes: size * MEGABYTE });
    const isDense = dtype === "bf16" || dtype === "f32";
    const files = isDense ? folder : await quantised(dtype);
    const load = (backend: Backend): Promise<ModelForCausalLM> =>
      AutoModelForCausalLM.fromPretrained(files, { backend, ...(isDense && { dtype }) });
    const whole = await load(one);
    const spread = await load(many);
    expect(one.info().memories).toBe(1);
    expect(many.info().memories).toBeGreaterThanOrEqual(least);
    for (const length of [1, 5, 12])
      expect(await logitsOf(spread, sequence.slice(0, length))).toEqual(
        await logitsOf(whole, sequence.slice(0, length)),
      );
    const { sequences } = await spread.generate({ inputIds: [prompt], maxNewTokens: 32 });
    const expected = await whole.generate({ inputIds: [prompt], maxNewTokens: 32 });
    expect(sequences).toEqual(expected.sequences);
    if (isDense) expect(sequences).toEqual([sequence]);
    whole.dispose();
    spread.dispose();
    expect(many.memory()).toMatchObject({ handles: 0, bytes: 0 });
    // What was given back is used again: no memory is added for a second load.
    const { memories, memoryBytes } = many.info();
    const again = await load(many);
    expect(many.info()).toMatchObject({ memories, memoryBytes });
    again.dispose();
    one.dispose();
    many.dispose();
  });

  test("ops take weights from another memory, whatever their layout, and write into it", async () => {
    const backend = await createWasmBackend({ threads, maxMemoryBytes: 4 * MEGABYTE });
    const values = Float32Array.from({ length: 1000 * 500 }, (_, i) => (i % 17) - 8);
    const weights = [0, 1, 2].map(() => fromStored(backend, values, [1000, 500], "f32", { weights: true }));
    expect(Number(backend.info().memories)).toBeGreaterThan(1);
    const last = weights.at(-1);
    if (!last) throw new Error("no weights");
    const x = tensor(
      backend,
      Array.from({ length: 3 }, (_, m) => Array.from({ length: 500 }, (_, k) => (m + k) % 5)),
    );
    const product = linear(x, last);
    const expected = Array.from({ length: 3000 }, (_, i) => {
      let sum = 0;
      for (let k = 0; k < 500; k++) sum += ((Math.floor(i / 1000) + k) % 5) * (values[(i % 1000) * 500 + k] ?? 0);
      return sum;
    });
    expect([...(await product.data())]).toEqual(expected);
    const rows = gather(last, tensor(backend, [999, 0], { dtype: "i32" }));
    expect([...(await rows.data())]).toEqual([...values.slice(499_500), ...values.slice(0, 500)]);
    sliceUpdate(last, tensor(backend, [[77]]), [999, 499]);
    expect((await last.data()).at(-1)).toBe(77);
    backend.dispose();
  });

  test.each(["auto", "q8_0"] as const)(
    "a load of %s that finds no room is a BackendError and holds nothing",
    async (dtype) => {
      const backend = await createWasmBackend({ threads, maxMemoryBytes: 2 * MEGABYTE });
      const attempt = AutoModelForCausalLM.fromPretrained(folder, { backend, dtype });
      await expect(attempt).rejects.toThrow(BackendError);
      await expect(attempt).rejects.toThrow(/out of memory.*a quantised format/);
      expect(backend.memory()).toMatchObject({ handles: 0, bytes: 0 });
      await expect(usable(backend)).resolves.toBe(3);
      backend.dispose();
    },
  );
});

async function usable(backend: Backend): Promise<number> {
  using x = tensor(backend, 3);
  return x.item();
}
