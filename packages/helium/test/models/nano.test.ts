import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBackend, scope, type Backend } from "@helium-lm/tensor";
import { AutoModelForCausalLM, AutoTokenizer, softmaxRow, type ModelForCausalLM } from "@helium-lm/helium";
import { isCut } from "../../../../testing/short-form.ts";

const folder = fileURLToPath(new URL("../../../../models/helium-nano", import.meta.url));

interface Expected {
  readonly greedy: readonly {
    readonly prompt: string;
    readonly input_ids: number[];
    readonly sequence: number[];
    readonly text: string;
  }[];
  readonly logprobs_of_first_sequence: readonly number[];
}

const expected = JSON.parse(readFileSync(`${folder}/expected.json`, "utf8")) as Expected;

describe.each(isCut("reference model") ? ["cpu"] : ["reference", "cpu"])("helium-nano on %s", (backendName) => {
  let backend: Backend;
  let model: ModelForCausalLM;
  beforeAll(async () => {
    backend = await createBackend(backendName);
    model = await AutoModelForCausalLM.fromPretrained(folder, { backend });
  });
  afterAll(() => {
    model.dispose();
    expect(backend.memory().handles).toBe(0);
  });

  test.each(expected.greedy.map((row) => [row.prompt, row] as const))(
    "%s",
    async (_, row) => {
      const tokenizer = await AutoTokenizer.fromPretrained(folder);
      const inputs = tokenizer(row.prompt);
      expect(inputs.inputIds).toEqual([row.input_ids]);
      const { sequences } = await model.generate({ ...inputs, maxNewTokens: 32 });
      expect(sequences).toEqual([row.sequence]);
      expect(tokenizer.batchDecode(sequences, { skipSpecialTokens: true })).toEqual([row.text]);
    },
    120_000,
  );

  test("log-probabilities of the first sequence", async () => {
    const ids = expected.greedy[0]?.sequence ?? [];
    const { logits } = model.forward({ inputIds: [ids] });
    const values = (await logits.data()) as Float32Array;
    logits.dispose();
    const V = model.config.vocabSize;
    // Log-probability of each token given those before it; expected.json rounds to 5 digits.
    const given = ids.slice(1).map((id, t) => Math.log(softmaxRow(values.subarray(t * V, (t + 1) * V))[id] ?? 0));
    given.forEach((value, t) => {
      expect(Math.abs(value - (expected.logprobs_of_first_sequence[t] ?? NaN))).toBeLessThanOrEqual(1e-4);
    });
  });

  test("a long prefill stops at a timeout signal", async () => {
    const before = backend.memory().handles;
    const ids = Array.from({ length: 900 }, (_, t) => 100 + (t % 1000));
    const { computedTokens } = model.ownEngine.stats;
    const attempt = model.generate({ inputIds: [ids], signal: AbortSignal.timeout(50) });
    await expect(attempt).rejects.toMatchObject({ name: "TimeoutError" });
    expect(model.ownEngine.stats.computedTokens - computedTokens).toBeLessThan(ids.length);
    expect(backend.memory().handles).toBe(before);
  });
});

test("scope frees a forward pass", async () => {
  const backend = await createBackend("cpu");
  using model = await AutoModelForCausalLM.fromPretrained(folder, { backend });
  const before = backend.memory();
  scope(() => {
    model.forward({ inputIds: [[1, 2, 3]], outputHiddenStates: true, outputAttentions: true });
  });
  expect(backend.memory().handles).toBe(before.handles);
});
