import { scope } from "@helium-lm/tensor";
import { headNames, heads } from "../../heads/index.ts";
import { expectEqual, expectShape } from "../compare.ts";
import { rectangle } from "../batches.ts";
import { headShape } from "../f64/heads.ts";
import type { DrawnModel } from "../drawn-model.ts";

/** Number of layers, hidden states, attentions and cached slots, and the shape of each head's result. */
export async function checkShapes(drawn: DrawnModel): Promise<void> {
  const { traits } = drawn.config;
  const { hiddenSize: C, numHiddenLayers: L, numAttentionHeads: H } = traits;
  const inputIds = rectangle([drawn.ids, ...drawn.mates]);
  const [B, T] = [inputIds.length, drawn.ids.length];
  for (const head of headNames) {
    // A batch without a pad token cannot be pooled.
    const isPooled = heads[head].positions === "last";
    const rows = isPooled && drawn.config.padTokenId === null ? inputIds.slice(0, 1) : inputIds;
    using model = await drawn.open(head);
    expectEqual(`${head}: head`, model.head, head);
    scope(() => {
      const output = model.forward({ inputIds: rows, outputHiddenStates: true, outputAttentions: true });
      const result = "lastHiddenState" in output ? output.lastHiddenState : output.logits;
      expectShape(`${head}: result`, result.shape, headShape(head, drawn.config, rows.length, T));
      expectEqual(`${head}: dtype of the result`, result.dtype, "f32");
      const states = output.hiddenStates?.map((state) => state?.shape ?? null);
      expectEqual(`${head}: hidden states`, states, Array(L + 1).fill([rows.length, T, C]));
      const attentions = output.attentions?.map((weights) => weights.shape);
      expectEqual(`${head}: attentions`, attentions, Array(L).fill([rows.length, H, T, T]));
    });
  }
  using base = await drawn.open("base");
  scope(() => {
    const { pastKeyValues } = base.forward({ inputIds, useCache: true });
    expectEqual("cached slots", pastKeyValues?.lengths, Array(B).fill(T));
    pastKeyValues?.dispose();
  });
}
