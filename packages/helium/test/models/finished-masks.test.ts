import { expect, test } from "vitest";
import { createBackend } from "@helium-lm/tensor";
import type { ModelForCausalLM } from "@helium-lm/helium";
import { editedModel } from "../helpers/edited-model.ts";

const ids = Array.from({ length: 9 }, (_, i) => 4 + ((7 * i) % 90));

async function logitsOf(model: ModelForCausalLM, attentionMask?: readonly number[][]): Promise<number[][]> {
  using output = model.forward({ inputIds: [ids], ...(attentionMask && { attentionMask: [[attentionMask]] }) });
  return ((await output.logits.toArray()) as number[][][])[0] ?? [];
}

/** A mask `[T, T]` that is added to the scores, by what query t sees of key s. */
const maskOf = (sees: (t: number, s: number) => boolean): number[][] =>
  ids.map((_, t) => ids.map((_, s) => (sees(t, s) ? 0 : -Infinity)));

const closeTo = (row: readonly number[]): unknown[] => row.map((value) => expect.closeTo(value, 4) as unknown);

// Gemma 2 has layers with a window of `sliding_window` between those without, and can see both ways (transformers' config key).
test("a mask of four dimensions is all that decides: neither the causal rule nor a window is added to it", async () => {
  const backend = await createBackend("cpu");
  {
    using narrow = await editedModel(backend, "gemma2", { sliding_window: 3 });
    using wide = await editedModel(backend, "gemma2", { sliding_window: 64 });
    using bothWays = await editedModel(backend, "gemma2", { sliding_window: 64, use_bidirectional_attention: true });
    const everything = await logitsOf(bothWays);
    expect(
      await logitsOf(
        narrow,
        maskOf(() => true),
      ),
    ).toEqual(everything.map(closeTo));
    const causal = await logitsOf(wide);
    expect(
      await logitsOf(
        narrow,
        maskOf((t, s) => s <= t),
      ),
    ).toEqual(causal.map(closeTo));
    expect(causal.at(-2)).not.toEqual(closeTo(everything.at(-2) ?? []));
    // The window counts where no such mask is given.
    expect((await logitsOf(narrow)).at(-1)).not.toEqual(closeTo(causal.at(-1) ?? []));
  }
  expect(backend.memory().handles).toBe(0);
  backend.dispose();
});
