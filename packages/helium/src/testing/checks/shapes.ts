import { scope } from "@helium-lm/tensor";
import type { HeadName } from "../../heads/index.ts";
import { expectEqual, expectShape } from "../compare.ts";
import { rectangle } from "../batches.ts";
import type { Trial } from "../trial.ts";
import { headNames } from "../../heads/index.ts";

/** Number of layers, hidden states, attentions and cached slots, and the shape of each head's result. */
export async function checkShapes(trial: Trial): Promise<void> {
  const { traits, numLabels } = trial.config;
  const { hiddenSize: C, vocabSize: V, numHiddenLayers: L, numAttentionHeads: H } = traits;
  const inputIds = rectangle([trial.ids, ...trial.mates]);
  const [B, T] = [inputIds.length, trial.ids.length];
  const results: { readonly [N in HeadName]: readonly number[] } = {
    base: [B, T, C],
    "causal-lm": [B, T, V],
    "sequence-classification": [B, numLabels],
    "token-classification": [B, T, numLabels],
  };
  for (const head of headNames) {
    // A batch without a pad token cannot be pooled.
    const rows =
      head === "sequence-classification" && trial.config.padTokenId === null ? inputIds.slice(0, 1) : inputIds;
    using model = await trial.open(head);
    expectEqual(`${head}: head`, model.head, head);
    scope(() => {
      const output = model.forward({ inputIds: rows, outputHiddenStates: true, outputAttentions: true });
      const result = "lastHiddenState" in output ? output.lastHiddenState : output.logits;
      expectShape(`${head}: result`, result.shape, [rows.length, ...results[head].slice(1)]);
      expectEqual(`${head}: dtype of the result`, result.dtype, "f32");
      const states = output.hiddenStates?.map((state) => state?.shape ?? null);
      expectEqual(`${head}: hidden states`, states, Array(L + 1).fill([rows.length, T, C]));
      const attentions = output.attentions?.map((weights) => weights.shape);
      expectEqual(`${head}: attentions`, attentions, Array(L).fill([rows.length, H, T, T]));
    });
  }
  using base = await trial.open("base");
  scope(() => {
    const { pastKeyValues } = base.forward({ inputIds, useCache: true });
    expectEqual("cached slots", pastKeyValues?.lengths, Array(B).fill(T));
    pastKeyValues?.dispose();
  });
}
