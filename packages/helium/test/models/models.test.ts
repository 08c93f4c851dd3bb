import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBackend, scope, type Backend, type Tensor } from "@helium-lm/tensor";
import { loadModel, type PreTrainedModel } from "@helium-lm/helium";
import {
  compareGolden,
  fixturePath,
  listFixtures,
  readFixture,
  tolerances,
  type Golden,
  type Tolerance,
} from "../../../../testing/fixtures.ts";

interface Batch {
  readonly input_ids: number[][];
  readonly attention_mask: number[][];
  readonly logits?: Golden;
  readonly last_hidden_state?: Golden;
}

interface Expected {
  readonly family: string;
  readonly model: string;
  readonly unpadded: {
    readonly input_ids: number[];
    readonly logits?: Golden;
    readonly last_hidden_state?: Golden;
    readonly hidden_states?: Golden[];
    readonly attention_0: Golden;
    readonly loss?: number;
    readonly labels?: number[];
    readonly labels_all?: number[];
    readonly loss_all?: number;
    readonly label?: number;
    readonly multi_labels?: number[];
    readonly multi_label_loss?: number;
    readonly regression_targets?: number[];
    readonly regression_loss?: number;
  };
  readonly unpadded_bf16_compute?: { readonly logits: Golden; readonly max_abs_vs_f32: number };
  readonly right_padded: Batch;
  readonly left_padded: Batch;
  readonly pooling?: { readonly input_ids: number[]; readonly logits: Golden }[];
}

const files = listFixtures("expected").filter((name) => /-(base|causal|sequence|token)\.json$/.test(name));
/** Head names of the fixture files. */
const headNames = {
  base: "base",
  causal: "causal-lm",
  sequence: "sequence-classification",
  token: "token-classification",
} as const;

const headOf = (name: string) => /-(\w+)\.json$/.exec(name)?.[1] ?? "";
async function expectClose(t: Tensor | null | undefined, golden: Golden, tolerance: Tolerance): Promise<void> {
  const { firstBad } = compareGolden(await t?.toArray(), golden, tolerance);
  expect(firstBad).toBeNull();
}

describe.each(["reference", "cpu"])("transformers' numbers on %s", (backendName) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createBackend(backendName);
  });
  afterAll(() => {
    expect(backend.memory().handles).toBe(0);
  });

  describe.each(files)("%s", (file) => {
    const expected = readFixture<Expected>(`expected/${file}`);
    const kind = headOf(file) as keyof typeof headNames;
    const { unpadded } = expected;
    let model: PreTrainedModel;
    const run = (inputs: object) =>
      (
        model as unknown as {
          forward(inputs: object): Record<string, Tensor> & { hiddenStates: Tensor[]; attentions: Tensor[] };
        }
      ).forward(inputs);
    const mainOf = (output: Record<string, unknown>): Tensor => (output.logits ?? output.lastHiddenState) as Tensor;

    beforeAll(async () => {
      model = await loadModel(headNames[kind], fixturePath(expected.model), { backend });
    });
    afterAll(() => {
      model.dispose();
    });

    test("loads without missing or unused keys", () => {
      expect(model.loadReport).toEqual({ missing: [], unused: [] });
    });

    test("one row: result, hidden states, attention", async () => {
      const output = scope((s) => {
        const all = run({ inputIds: [unpadded.input_ids], outputHiddenStates: true, outputAttentions: true });
        for (const t of [mainOf(all), ...all.hiddenStates, ...all.attentions]) s.keep(t);
        return all;
      });
      const main = unpadded.logits ?? unpadded.last_hidden_state ?? null;
      await expectClose(mainOf(output), [main], tolerances.states);
      await expectClose(output.attentions[0], [unpadded.attention_0], tolerances.attentions);
      for (const [i, state] of (unpadded.hidden_states ?? []).entries())
        await expectClose(output.hiddenStates[i], [state], tolerances.states);
      const fused = scope(() => mainOf(run({ inputIds: [unpadded.input_ids] })));
      await expectClose(fused, [main], tolerances.states);
      for (const t of new Set([fused, mainOf(output), ...output.hiddenStates, ...output.attentions])) t.dispose();
    });

    test.each(["right_padded", "left_padded"] as const)("%s batch", async (side) => {
      const batch = expected[side];
      const main = scope(() => mainOf(run({ inputIds: batch.input_ids, attentionMask: batch.attention_mask })));
      await expectClose(main, batch.logits ?? batch.last_hidden_state ?? null, tolerances.states);
      main.dispose();
    });

    test("losses", async () => {
      const loss = async (labels: unknown, golden: number | undefined): Promise<void> => {
        if (golden === undefined) return;
        const t = scope(() => run({ inputIds: [unpadded.input_ids], labels })["loss"] as Tensor);
        expect(Math.abs((await t.item()) - golden)).toBeLessThanOrEqual(tolerances.losses.absolute);
        t.dispose();
      };
      if (kind === "sequence") {
        await loss([unpadded.label], unpadded.loss);
        await loss([unpadded.multi_labels], unpadded.multi_label_loss);
      } else await loss([unpadded.labels], unpadded.loss);
      await loss([unpadded.labels_all], unpadded.loss_all);
    });
  });
});
