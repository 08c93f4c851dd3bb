import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadModel, type ModelOutput } from "@helium-lm/helium";
import { createBackend, DisposedError, scope, tensor, type Backend } from "@helium-lm/tensor";
import { fixturePath } from "../../../../testing/fixtures.ts";

const inputs = { inputIds: [[3, 5, 8]], outputHiddenStates: true, outputAttentions: true };
const folders = {
  base: "helium/base",
  "causal-lm": "helium/causal",
  "sequence-classification": "helium/sequence",
  "token-classification": "helium/token",
} as const;
const labels = { base: {}, "causal-lm": { labels: [[3, 5, 8]] }, "sequence-classification": { labels: [1] } } as const;

let backend: Backend;
beforeAll(async () => {
  backend = await createBackend("cpu");
});
afterAll(() => backend.dispose());

describe.each(["base", "causal-lm", "sequence-classification", "token-classification"] as const)(
  "an output of %s",
  (head) => {
    it("frees all of its tensors at once, more than once, and in a `using`", async () => {
      using model = await loadModel(head, fixturePath(`models/${folders[head]}`), { backend });
      const { handles } = backend.memory();
      const given = head === "token-classification" ? { labels: [[0, 1, 0]] } : labels[head];
      const output: Omit<ModelOutput, "pastKeyValues"> = model.forward({ ...inputs, ...given });
      expect(backend.memory().handles).toBeGreaterThan(handles + 3);
      // Looked at as data it has its fields and no more.
      expect(Object.keys(output)).not.toContain("dispose");
      output.dispose();
      output.dispose();
      expect(backend.memory().handles).toBe(handles);
      expect(() => output.attentions?.[0]?.handle).toThrow(DisposedError);
      {
        using again: Disposable = model.forward(inputs);
        expect(again).toBeDefined();
      }
      expect(backend.memory().handles).toBe(handles);
    });
  },
);

describe("an output", () => {
  it("leaves its cache, which goes on to the next call, and the embeddings it was given", async () => {
    using model = await loadModel("causal-lm", fixturePath("models/helium/causal"), { backend });
    const whole = model.forward({ inputIds: [[3, 5]] });
    const expected = [...(await whole.logits.data())].slice(-whole.logits.shape[2]!);
    whole.dispose();
    const { handles } = backend.memory();
    const first = model.forward({ inputIds: [[3]], useCache: true });
    const cache = first.pastKeyValues!;
    first.dispose();
    using second = model.forward({ inputIds: [[5]], pastKeyValues: cache });
    const got = [...(await second.logits.data())];
    expect(got.every((value, i) => Math.abs(value - expected[i]!) < 1e-5)).toBe(true);
    second.dispose();
    cache.dispose();
    expect(backend.memory().handles).toBe(handles);
    const embeds = tensor(backend, new Float32Array(2 * model.config.hiddenSize).fill(0.1), {
      shape: [1, 2, model.config.hiddenSize],
    });
    model.forward({ inputsEmbeds: embeds, outputHiddenStates: true }).dispose();
    expect(await embeds.data()).toHaveLength(2 * model.config.hiddenSize);
    embeds.dispose();
  });

  it("passes out of a scope whole", async () => {
    using model = await loadModel("causal-lm", fixturePath("models/helium/causal"), { backend });
    const { handles } = backend.memory();
    const output = scope(() => model.forward(inputs));
    expect(await output.logits.data()).toHaveLength(output.logits.size);
    expect(await output.hiddenStates?.at(-1)?.data()).toBeDefined();
    output.dispose();
    expect(backend.memory().handles).toBe(handles);
  });
});
