import { Engine, type GenerativeModel, type ModelForCausalLM } from "@helium-lm/helium";
import type { Tensor } from "@helium-lm/tensor";

/** The model with an engine of its own, whose logits go through `watch` first. */
export function watched(model: ModelForCausalLM, watch: (logits: Tensor) => Tensor): GenerativeModel {
  const { backend, config, weightBytes, anglesDependOnLength, isBidirectional, recomputeBeyond } = model;
  const ownEngine = new Engine(
    {
      backend,
      anglesDependOnLength,
      isBidirectional,
      kvDTypeFor: (slots) => model.kvDTypeFor(slots),
      createPool: (options) => model.createPool(options),
      identify: () => model.identify(),
      submit: (request, engine) => model.submit(request, engine),
      pass: (inputs) => {
        const logits = model.pass(inputs);
        return logits && watch(logits);
      },
      passStates: (inputs) => model.passStates(inputs),
      project: (states) => watch(model.project(states)),
    },
    { keepPrefixes: false },
  );
  return {
    generationConfig: {},
    ...{ config, weightBytes, anglesDependOnLength, isBidirectional, recomputeBeyond, ownEngine },
    forward: (inputs) => model.forward(inputs),
  };
}
