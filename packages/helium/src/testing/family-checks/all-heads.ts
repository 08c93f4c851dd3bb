import { scope, type Tensor } from "@helium-lm/tensor";
import type { HeadModels, HeadName } from "../../heads/index.ts";
import type { ModelInputs } from "../../model/model-inputs.ts";
import { take, type Values } from "../compare.ts";

/** The main result of any head: the hidden states of the base, else the logits. */
export function resultOf(model: HeadModels[HeadName], inputs: ModelInputs): Promise<Values> {
  return take(
    scope((): Tensor => {
      const output = model.forward(inputs);
      return "lastHiddenState" in output ? output.lastHiddenState : output.logits;
    }),
  );
}
