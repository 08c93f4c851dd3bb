import type { Tensor } from "@helium-lm/tensor";
import { checkInputNames, modelInputNames, type ModelInputs } from "../model/model-inputs.ts";
import type { BaseModelOutput } from "../model/model-outputs.ts";
import { loadHead, type HeadDefinition, type HeadLoadOptions } from "../model/head-definition.ts";
import { PreTrainedModel } from "../model/pretrained-model.ts";

/** The trunk without a head: hidden states. Its state dict has no `model.` prefix. */
export class BaseModel extends PreTrainedModel {
  readonly head = "base";
  protected readonly classSuffix = baseHead.classSuffix;

  static load(options: HeadLoadOptions): Promise<BaseModel> {
    return loadHead(options, "root", async ({ trunk, state }) => new BaseModel(await trunk, state));
  }

  /**
   * One pass over `inputIds` `[B][T]`: `lastHiddenState` `[B, T, C]` in f32, after the final norm. The output is the caller's:
   * `output.dispose()` or `using` frees its tensors.
   *
   * @throws InputError for inputs that do not fit, before anything is computed; DisposedError
   * @example
   * using model = await AutoModel.fromPretrained("models/helium-nano", { backend: "cpu" });
   * using output = model.forward({ inputIds: [[1, 588], [1, 1027]] });
   * console.log(output.lastHiddenState.shape); // [ 2, 2, 256 ]
   */
  forward(inputs: ModelInputs): BaseModelOutput {
    this.checkLive("forward");
    checkInputNames(inputs, modelInputNames);
    return this.trunk.forward(inputs);
  }

  override project(states: Tensor): Tensor {
    return states;
  }
}

export const baseHead: HeadDefinition<BaseModel> = {
  classSuffix: "Model",
  checkpoint: "a trunk without a head",
  projection: () => null,
  positions: "every",
  load: (options) => BaseModel.load(options),
};
